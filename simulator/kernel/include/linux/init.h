/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FAULTLINE_INIT_H
#define FAULTLINE_INIT_H

#define __init
#define __meminit

#endif
