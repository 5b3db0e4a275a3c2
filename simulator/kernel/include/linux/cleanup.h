/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Variables that end themselves: `__free(f)` gives back what a pointer holds, `guard(class)(…)` holds a lock to the end of its block,
 * `scoped_guard(class, …)` over the statement that follows. A class is a type with a function that begins a hold, and one that ends it.
 */
#ifndef FAULTLINE_CLEANUP_H
#define FAULTLINE_CLEANUP_H

#define __cleanup(f) __attribute__((__cleanup__(f)))
#define FAULTLINE_JOIN_AS_SPELT(a, b) a##b
#define FAULTLINE_JOIN(a, b) FAULTLINE_JOIN_AS_SPELT(a, b)

#define CLASS(class, variable) class_##class##_t variable __cleanup(class_##class##_destructor) = class_##class##_constructor
#define guard(class) CLASS(class, FAULTLINE_JOIN(held_, __COUNTER__))
#define scoped_guard(class, args...) for (CLASS(class, scope)(args), *once = &scope; once; once = NULL)

#define DEFINE_FREE(name, type, give_back) static inline void __free_##name(void *variable) { type _T = *(type *)variable; give_back; }
#define __free(name) __cleanup(__free_##name)
#define no_free_ptr(p) ({ typeof(p) taken = (p); (p) = NULL; taken; })
#define return_ptr(p) return no_free_ptr(p)

#define FAULTLINE_HOLD(class, begin, end) \
	typedef struct { unsigned long flags; } class_##class##_t; \
	static inline class_##class##_t class_##class##_constructor(void) { class_##class##_t held; held.flags = 0; begin; return held; } \
	static inline void class_##class##_destructor(class_##class##_t *held) { end; }

#define FAULTLINE_HOLD_OF(class, begin, end) \
	typedef struct { void *lock; unsigned long flags; } class_##class##_t; \
	static inline class_##class##_t class_##class##_constructor(void *lock) \
	{ \
		class_##class##_t held; \
		held.lock = lock; \
		begin; \
		return held; \
	} \
	static inline void class_##class##_destructor(class_##class##_t *held) { end; }

FAULTLINE_HOLD(rcu, rcu_read_lock(), rcu_read_unlock())
FAULTLINE_HOLD(preempt, preempt_disable(), preempt_enable())
FAULTLINE_HOLD(irq, local_irq_disable(), local_irq_enable())
FAULTLINE_HOLD(irqsave, local_irq_save(held.flags), local_irq_restore(held->flags))

FAULTLINE_HOLD_OF(spinlock, spin_lock(lock), spin_unlock(held->lock))
FAULTLINE_HOLD_OF(spinlock_irq, spin_lock_irq(lock), spin_unlock_irq(held->lock))
FAULTLINE_HOLD_OF(spinlock_irqsave, spin_lock_irqsave(lock, held.flags), spin_unlock_irqrestore(held->lock, held->flags))
FAULTLINE_HOLD_OF(raw_spinlock, raw_spin_lock(lock), raw_spin_unlock(held->lock))
FAULTLINE_HOLD_OF(raw_spinlock_irq, raw_spin_lock_irq(lock), raw_spin_unlock_irq(held->lock))
FAULTLINE_HOLD_OF(raw_spinlock_irqsave, raw_spin_lock_irqsave(lock, held.flags), raw_spin_unlock_irqrestore(held->lock, held->flags))
FAULTLINE_HOLD_OF(read_lock, read_lock(lock), read_unlock(held->lock))
FAULTLINE_HOLD_OF(write_lock, write_lock(lock), write_unlock(held->lock))
FAULTLINE_HOLD_OF(mutex, mutex_lock(lock), mutex_unlock(held->lock))
FAULTLINE_HOLD_OF(rwsem_read, down_read(lock), up_read(held->lock))
FAULTLINE_HOLD_OF(rwsem_write, down_write(lock), up_write(held->lock))

#endif
