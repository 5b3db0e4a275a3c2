import type { Arch } from '../../simulator/program/arch.js';
import { lexFile } from '../cpp/lexer.js';
import { MacroTable, parseDefinition } from '../cpp/macros.js';
import { BOOL, type CType, S16, S32, S64, S8, U16, U32, U64, U8 } from './types.js';

/** Types that every kernel file knows, for sources whose headers are not at hand. A typedef in the sources wins. */
export const wellKnownTypes: ReadonlyMap<string, CType> = new Map([
  ...each(['u8', '__u8', 'uint8_t', 'unchar', 'u_char'], U8),
  ...each(['u16', '__u16', 'uint16_t', '__le16', '__be16', 'ushort'], U16),
  ...each(['u32', '__u32', 'uint32_t', '__le32', '__be32', 'uint', 'gfp_t', 'fmode_t', 'umode_t', '__poll_t', 'probe_opcode_t'], U32),
  ...each(['u64', '__u64', 'uint64_t', '__le64', '__be64', 'size_t', 'ulong', 'uintptr_t', '__kernel_size_t'], U64),
  ...each(['s8', '__s8', 'int8_t'], S8),
  ...each(['s16', '__s16', 'int16_t'], S16),
  ...each(['s32', '__s32', 'int32_t', 'pid_t', '__kernel_pid_t', 'atomic_t'], S32),
  ...each(
    ['s64', '__s64', 'int64_t', 'ssize_t', 'ptrdiff_t', 'intptr_t', 'loff_t', 'ktime_t', 'atomic64_t', 'atomic_long_t', '__int128'],
    S64,
  ),
  ...each(['pteval_t', 'pmdval_t', 'pudval_t', 'p4dval_t', 'pgdval_t', 'pgprotval_t', 'kvm_pte_t', 'tlbi_t', 'unsigned_long'], U64),
  ...each(['pte_t', 'pmd_t', 'pud_t', 'p4d_t', 'pgd_t', 'pgprot_t', 'swp_entry_t', 'pfn_t'], U64),
  ...each(['phys_addr_t', 'dma_addr_t', 'resource_size_t', 'gpa_t', 'gva_t', 'hpa_t', 'gfn_t', 'hfn_t', 'kvm_pfn_t', 'vm_flags_t'], U64),
  ...each(['bool', '_Bool'], BOOL),
]);

/** Pure macros of the kernel's common headers, in our words, for sources whose headers are not at hand. */
export const wellKnownMacros: MacroTable = tableOf(`
NULL ((void *)0)
true 1
false 0
BIT(nr) (1UL << (nr))
BIT_ULL(nr) (1ULL << (nr))
BIT_MASK(nr) (1UL << ((nr) % 64))
BIT_WORD(nr) ((nr) / 64)
BITS_PER_LONG 64
BITS_PER_BYTE 8
BITS_TO_LONGS(n) (((n) + 63) / 64)
GENMASK(h, l) ((~0UL << (l)) & (~0UL >> (63 - (h))))
GENMASK_ULL(h, l) ((~0ULL << (l)) & (~0ULL >> (63 - (h))))
FIELD_GET(mask, reg) (((reg) & (mask)) / ((mask) & -(mask)))
FIELD_PREP(mask, val) (((val) * ((mask) & -(mask))) & (mask))
ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
DECLARE_BITMAP(name, bits) unsigned long name[((bits) + 63) / 64]
DEFINE_PER_CPU(type, name) __attribute__((section(".data..percpu"))) typeof(type) name
DECLARE_PER_CPU(type, name) extern __attribute__((section(".data..percpu"))) typeof(type) name
cpu_online_mask faultline_online_cpus()
per_cpu(var, cpu) (*per_cpu_ptr(&(var), (cpu)))
DEFINE_SPINLOCK(name) spinlock_t name
DEFINE_RAW_SPINLOCK(name) raw_spinlock_t name
DEFINE_RWLOCK(name) rwlock_t name
DEFINE_MUTEX(name) struct mutex name
DEFINE_STATIC_KEY_FALSE(name) struct static_key_false name
DEFINE_STATIC_KEY_TRUE(name) struct static_key_true name
DECLARE_STATIC_KEY_FALSE(name) extern struct static_key_false name
DECLARE_STATIC_KEY_TRUE(name) extern struct static_key_true name
min(a, b) ((a) < (b) ? (a) : (b))
max(a, b) ((a) > (b) ? (a) : (b))
min_t(type, a, b) ((type)(a) < (type)(b) ? (type)(a) : (type)(b))
max_t(type, a, b) ((type)(a) > (type)(b) ? (type)(a) : (type)(b))
ALIGN(x, a) (((x) + ((typeof(x))(a) - 1)) & ~((typeof(x))(a) - 1))
ALIGN_DOWN(x, a) ((x) & ~((typeof(x))(a) - 1))
IS_ALIGNED(x, a) (((x) & ((typeof(x))(a) - 1)) == 0)
DIV_ROUND_UP(n, d) (((n) + (d) - 1) / (d))
PAGE_SHIFT 12
PAGE_SIZE (1UL << 12)
PAGE_MASK (~((1UL << 12) - 1))
PAGE_ALIGN(a) (((a) + 4095UL) & ~4095UL)
PFN_UP(x) (((x) + 4095UL) >> 12)
PFN_DOWN(x) ((x) >> 12)
PTRS_PER_PTE 512
PTRS_PER_PMD 512
PTRS_PER_PUD 512
U8_MAX 255
U16_MAX 65535
U32_MAX 4294967295U
U64_MAX (~0ULL)
INT_MAX 2147483647
INT_MIN (-2147483647 - 1)
UINT_MAX (~0U)
LONG_MAX 9223372036854775807L
ULONG_MAX (~0UL)
ULLONG_MAX (~0ULL)
SIZE_MAX (~0UL)
EPERM 1
ENOENT 2
EIO 5
E2BIG 7
EAGAIN 11
ENOMEM 12
EACCES 13
EFAULT 14
EBUSY 16
EEXIST 17
ENODEV 19
EINVAL 22
ERANGE 34
EOPNOTSUPP 95
fallthrough do {} while (0)
__user
offsetof(type, member) __builtin_offsetof(type, member)
`);

/** What a compiler for 64-bit Linux defines by itself. */
export const compilerDefines: Readonly<Record<string, string>> = {
  __KERNEL__: '1',
  __linux__: '1',
  __GNUC__: '13',
  __GNUC_MINOR__: '2',
  __GNUC_PATCHLEVEL__: '0',
  __STDC__: '1',
  __STDC_VERSION__: '201112L',
  __OPTIMIZE__: '1',
  __LP64__: '1',
  __CHAR_BIT__: '8',
  __SIZEOF_SHORT__: '2',
  __SIZEOF_INT__: '4',
  __SIZEOF_LONG__: '8',
  __SIZEOF_LONG_LONG__: '8',
  __SIZEOF_POINTER__: '8',
  __SIZEOF_SIZE_T__: '8',
  __SIZEOF_INT128__: '16',
  __SIZE_TYPE__: 'unsigned long',
  __ORDER_LITTLE_ENDIAN__: '1234',
  __ORDER_BIG_ENDIAN__: '4321',
  __BYTE_ORDER__: '1234',
  __INT_MAX__: '2147483647',
  __LONG_MAX__: '9223372036854775807L',
  __UINT32_MAX__: '4294967295U',
};

/** What it defines for the architecture. */
export const archDefines: Readonly<Record<Arch, Readonly<Record<string, string>>>> = {
  riscv: {
    __LITTLE_ENDIAN: '1234',
    __riscv: '1',
    __riscv_xlen: '64',
    __riscv_float_abi_soft: '1',
    CONFIG_RISCV: '1',
    CONFIG_64BIT: '1',
    CONFIG_MMU: '1',
    CONFIG_PHYS_ADDR_T_64BIT: '1',
    CONFIG_ARCH_DMA_ADDR_T_64BIT: '1',
  },
  arm64: {
    __LITTLE_ENDIAN: '1234',
    __aarch64__: '1',
    __AARCH64EL__: '1',
    CONFIG_ARM64: '1',
    CONFIG_64BIT: '1',
    CONFIG_MMU: '1',
    CONFIG_PHYS_ADDR_T_64BIT: '1',
    CONFIG_ARCH_DMA_ADDR_T_64BIT: '1',
  },
  x86: {
    __LITTLE_ENDIAN: '1234',
    __x86_64__: '1',
    __amd64__: '1',
    CONFIG_X86: '1',
    CONFIG_X86_64: '1',
    CONFIG_64BIT: '1',
    CONFIG_MMU: '1',
    CONFIG_PHYS_ADDR_T_64BIT: '1',
    CONFIG_ARCH_DMA_ADDR_T_64BIT: '1',
  },
  powerpc: {
    __LITTLE_ENDIAN: '1234',
    __LITTLE_ENDIAN__: '1',
    __powerpc__: '1',
    __powerpc64__: '1',
    __PPC64__: '1',
    _CALL_ELF: '2',
    CONFIG_PPC: '1',
    CONFIG_PPC64: '1',
    CONFIG_PPC_BOOK3S_64: '1',
    CONFIG_PPC_RADIX_MMU: '1',
    CONFIG_CPU_LITTLE_ENDIAN: '1',
    CONFIG_64BIT: '1',
    CONFIG_MMU: '1',
    CONFIG_PHYS_ADDR_T_64BIT: '1',
    CONFIG_ARCH_DMA_ADDR_T_64BIT: '1',
  },
  s390: {
    __BIG_ENDIAN: '4321',
    __BYTE_ORDER__: '4321',
    __s390__: '1',
    __s390x__: '1',
    CONFIG_S390: '1',
    CONFIG_CPU_BIG_ENDIAN: '1',
    CONFIG_64BIT: '1',
    CONFIG_MMU: '1',
    CONFIG_PHYS_ADDR_T_64BIT: '1',
    CONFIG_ARCH_DMA_ADDR_T_64BIT: '1',
  },
};

function each(names: readonly string[], type: CType): [string, CType][] {
  return names.map((name) => [name, type]);
}

function tableOf(text: string): MacroTable {
  const table = new MacroTable();
  const lines = text.split('\n').map((_, index) => ({ origin: 'skeleton' as const, line: index + 1 }));
  for (const line of lexFile({ path: '<prelude>', text, lines }, 'c').lines) {
    const macro = parseDefinition(line.tokens);
    if (macro !== null) table.define(macro);
  }
  return table;
}
