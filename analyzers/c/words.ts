/** Names that annotate and say nothing to the machine. Dropped, with their arguments if they have any. */
const annotations = new Set([
  '__init',
  '__exit',
  '__initdata',
  '__initconst',
  '__ro_after_init',
  '__read_mostly',
  '__always_inline',
  '__maybe_unused',
  '__always_unused',
  '__must_check',
  '__used',
  '__user',
  '__iomem',
  '__percpu',
  '__rcu',
  '__kernel',
  '__force',
  '__nocast',
  '__bitwise',
  '__private',
  '__safe',
  '__ref',
  '__refdata',
  '__meminit',
  '__meminitdata',
  '__sched',
  '__kprobes',
  '__cpuidle',
  '__weak',
  '__pure',
  '__attribute_const__',
  '__cold',
  '__hot',
  '__packed',
  '__noreturn',
  '__malloc',
  '__visible',
  '__deprecated',
  '__no_sanitize_address',
  '__no_kcsan',
  '__no_kasan_or_inline',
  '__no_sanitize_or_inline',
  '__no_profile',
  '__no_kstack_erase',
  '__noscs',
  '__latent_entropy',
  '__hyp_text',
  '__cacheline_aligned',
  '__cacheline_aligned_in_smp',
  '____cacheline_aligned',
  '____cacheline_aligned_in_smp',
  '__page_aligned_data',
  '__page_aligned_bss',
  '__bss_pgtbl',
  '__gnu_inline',
  '__designated_init',
  '__randomize_layout',
  'randomized_struct_fields_start',
  'randomized_struct_fields_end',
  '__nonstring',
  '__lockfunc',
  '__flatten',
  '__naked',
  '__head',
  '__entry_text',
  '__irq_entry',
  'asmlinkage',
  'noinstr',
  'notrace',
  'noinline',
  'noinline_for_stack',
  'nokprobe_inline',
  'inline',
  '__inline',
  '__inline__',
  '__extension__',
  '_Noreturn',
  'restrict',
  '__restrict',
  '__restrict__',
  'register',
]);

const annotationsWithArguments = new Set([
  '__attribute__',
  '__attribute',
  '__acquires',
  '__releases',
  '__must_hold',
  '__cond_acquires',
  '__cond_lock_attr',
  '__section',
  '__aligned',
  '__printf',
  '__scanf',
  '__alloc_size',
  '__realloc_size',
  '__counted_by',
  '__guarded_by',
  '__assume_aligned',
  '__no_sanitize',
  '__nonnull',
  '__noinline',
  '__counted_by_le',
  '__alloc_align',
  '__init_or_module',
  '__declare_args',
  '__struct_group_attr',
  '__diagnose_as',
  '_Alignas',
]);

/** How words of GNU C are spelt in the grammar. */
export const spellings: ReadonlyMap<string, string> = new Map([
  ['__volatile__', 'volatile'],
  ['__volatile', 'volatile'],
  ['__const__', 'const'],
  ['__const', 'const'],
  ['__signed__', 'signed'],
  ['__signed', 'signed'],
  ['__alignof__', '_Alignof'],
  ['__alignof', '_Alignof'],
  ['__thread', ''],
  ['_Thread_local', ''],
]);

/** How many tokens from `index` on are an annotation; 0 when there is none. */
export function annotationLength(texts: (index: number) => string | undefined, index: number): number {
  const text = texts(index);
  if (text === undefined) return 0;
  if (annotations.has(text)) return 1;
  if (!annotationsWithArguments.has(text)) return 0;
  if (texts(index + 1) !== '(') return 1;
  return groupLength(texts, index + 1) + 1;
}

/** Length of the balanced group that opens at `index`. */
export function groupLength(texts: (index: number) => string | undefined, index: number): number {
  let nesting = 0;
  for (let i = index; ; i++) {
    const text = texts(i);
    if (text === undefined) return i - index;
    if (text === '(' || text === '[' || text === '{') nesting++;
    else if (text === ')' || text === ']' || text === '}') {
      nesting--;
      if (nesting === 0) return i - index + 1;
    }
  }
}

/** Words that begin a type. */
export const typeWords: ReadonlySet<string> = new Set([
  'struct',
  'union',
  'enum',
  'void',
  'char',
  'short',
  'int',
  'long',
  'unsigned',
  'signed',
  'const',
  'volatile',
  'float',
  'double',
  'bool',
  '_Bool',
  'typeof',
  '__typeof__',
  '__typeof',
  'typeof_unqual',
  '__typeof_unqual__',
]);

/**
 * The cleanup attribute that begins at `index`, `__cleanup(f)` or `__attribute__((…, __cleanup__(f), …))`: how many tokens it has, and the
 * function that it names. Null for anything else.
 */
export function cleanupAt(
  texts: (index: number) => string | undefined,
  index: number,
): { readonly length: number; readonly by: string } | null {
  const text = texts(index);
  if (text !== '__attribute__' && text !== '__cleanup') return null;
  const length = groupLength(texts, index + 1) + 1;
  for (let i = index; i < index + length; i++) {
    if (!cleanupWords.has(texts(i) ?? '') || texts(i + 1) !== '(') continue;
    return { length, by: texts(i + 2) ?? '' };
  }
  return null;
}

const cleanupWords = new Set(['cleanup', '__cleanup__', '__cleanup']);
