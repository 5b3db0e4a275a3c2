/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FAULTLINE_ARM64_ASSEMBLER_H
#define FAULTLINE_ARM64_ASSEMBLER_H

#endif
