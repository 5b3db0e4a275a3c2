/** The section that the lines at hand go to. */
interface Section {
  readonly name: string;
  readonly code: boolean;
}

const byMacro: Readonly<Record<string, Section>> = {
  __HEAD: { name: '.head.text', code: true },
  __INIT: { name: '.init.text', code: true },
  __REF: { name: '.ref.text', code: true },
  __INITDATA: { name: '.init.data', code: false },
  __INITRODATA: { name: '.init.rodata', code: false },
  __REFDATA: { name: '.ref.data', code: false },
  __PAGE_ALIGNED_DATA: { name: '.data..page_aligned', code: false },
  __PAGE_ALIGNED_BSS: { name: '.bss..page_aligned', code: false },
};

function section(rest: string): Section {
  const [name = '', flags = ''] = rest.split(',').map((part) => part.trim().replace(/^"(.*)"$/, '$1'));
  const code = flags.includes('x') || /(?:^|\.)(?:text|fixup)(?:\.|$)/.test(name);
  return { name, code };
}

/** Follows the section directives of a file, which begins in `.text`. */
export class Sections {
  current: Section = { name: '.text', code: true };
  private previous: Section = this.current;
  private readonly stack: { readonly current: Section; readonly previous: Section }[] = [];

  /** Handles a directive or a section macro; false when it is neither. */
  directive(name: string, rest: string): boolean {
    switch (name) {
      case '.text':
      case '.data':
      case '.bss':
        this.go({ name, code: name === '.text' });
        return true;
      case '.section':
        this.go(section(rest));
        return true;
      case '.subsection':
        this.go({ name: `${this.current.name.replace(/#.*$/, '')}#${rest}`, code: this.current.code });
        return true;
      case '.pushsection':
        this.stack.push({ current: this.current, previous: this.previous });
        this.go(section(rest));
        return true;
      case '.popsection': {
        const saved = this.stack.pop();
        if (saved) {
          this.current = saved.current;
          this.previous = saved.previous;
        }
        return true;
      }
      case '.previous':
      case '__FINIT':
      case '__FINITDATA':
        this.go(this.previous);
        return true;
    }
    const named = Object.hasOwn(byMacro, name) ? byMacro[name] : undefined;
    if (named) this.go(named);
    return named !== undefined;
  }

  private go(to: Section): void {
    this.previous = this.current;
    this.current = to;
  }
}
