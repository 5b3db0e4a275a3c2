/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FAULTLINE_TYPES_H
#define FAULTLINE_TYPES_H

typedef signed char s8;
typedef unsigned char u8;
typedef short s16;
typedef unsigned short u16;
typedef int s32;
typedef unsigned int u32;
typedef long long s64;
typedef unsigned long long u64;
typedef unsigned long size_t;
typedef unsigned long uintptr_t;
typedef unsigned long phys_addr_t;
typedef _Bool bool;
typedef struct { int counter; } atomic_t;
typedef struct { long counter; } atomic64_t;
typedef atomic64_t atomic_long_t;
#define ATOMIC_INIT(i) { (i) }

#define true 1
#define false 0
#define NULL ((void *)0)
#define EINVAL 22
#define EAGAIN 11
#define ENOMEM 12

#define PAGE_SHIFT 12
#define PAGE_SIZE (1UL << PAGE_SHIFT)
#define PAGE_MASK (~(PAGE_SIZE - 1))
#define DIV_ROUND_UP(n, d) (((n) + (d) - 1) / (d))
#define BIT(n) (1UL << (n))
#define BITS_PER_LONG 64
#define BIT_WORD(n) ((n) / BITS_PER_LONG)
#define BIT_MASK(n) (1UL << ((n) % BITS_PER_LONG))
#define U64_MAX ((u64)~0ULL)
#define INT_MAX 0x7fffffff
#define ARRAY_SIZE(x) (sizeof(x) / sizeof((x)[0]))
#define ALIGN_DOWN(x, a) ((x) & ~((a) - 1))
#define ALIGN(x, a) (((x) + (a) - 1) & ~((a) - 1))
#define round_down(x, a) ((x) & ~((a) - 1))
#define round_up(x, a) (((x) + (a) - 1) & ~((a) - 1))
#define min(a, b) ((a) < (b) ? (a) : (b))
#define max(a, b) ((a) > (b) ? (a) : (b))

struct list_head { struct list_head *next, *prev; };
struct rcu_head { void *next; };
struct cpumask;
struct page { unsigned long private; };
struct ptdesc;
struct mm_struct;

#include <linux/cleanup.h>

#endif
