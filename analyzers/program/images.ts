import type { Arch } from '../../simulator/program/arch.js';
import type { SourceTree } from '../source/types.js';
import { type Kbuild, KbuildReader } from './kbuild.js';

/**
 * What is linked together under one set of names. Most of a kernel is one image; KVM's code for EL2 on arm64 is a second, whose symbols the
 * build prefixes (`__kvm_nvhe_`), and some files are built into both.
 */
export interface Image {
  /** The folder whose Makefile makes it; '' for the kernel proper. */
  readonly folder: string;
  readonly prefix: string;
}

/** Images of a tree, and how files are compiled for them. */
export class Images {
  readonly kernel: Image = { folder: '', prefix: '' };
  private readonly reader: KbuildReader;
  private readonly others: readonly (Image & { readonly kbuild: Kbuild })[];

  constructor(tree: SourceTree, arch: Arch, config: Readonly<Record<string, string>>) {
    this.reader = new KbuildReader(tree, config);
    this.others = separate
      .filter(({ arch: of }) => of === arch)
      .map(({ folder }) => this.reader.folder(folder))
      .filter(({ prefix }) => prefix !== '')
      .map((kbuild) => ({ folder: kbuild.folder, prefix: kbuild.prefix, kbuild }));
  }

  /** The image of a file that stands in an image's own folder; else the kernel. */
  own(path: string): Image {
    return this.others.find(({ folder }) => path.startsWith(`${folder}/`)) ?? this.kernel;
  }

  /** Whether the image has the file among its objects. */
  holds(image: Image, path: string): boolean {
    const other = this.others.find(({ folder }) => folder === image.folder);
    if (other === undefined) return this.own(path).folder === '';
    return other.kbuild.objects.has(stem(path));
  }

  /** A name with an image's prefix means that image's; the others mean the image they are used in. */
  ofName(name: string, from: Image): [Image, string] {
    const other = this.others.find(({ prefix }) => name.startsWith(prefix));
    return other === undefined ? [from, name] : [other, name.slice(other.prefix.length)];
  }

  /** Whether the build takes the file under this configuration; `unsaid` where no Makefile speaks of it. */
  isBuilt(path: string): 'built' | 'left-out' | 'unsaid' {
    const folder = this.reader.folder(folderOf(path));
    const inFolder = folder.objects.has(stem(path)) ? 'built' : folder.mentioned.has(stem(path)) ? 'left-out' : 'unsaid';
    return inFolder === 'built' && this.isFolderLeftOut(folder.folder) ? 'left-out' : inFolder;
  }

  private isFolderLeftOut(path: string): boolean {
    const parent = folderOf(path);
    if (parent === '' || parent === 'arch') return false;
    const above = this.reader.folder(parent);
    if (above.mentioned.has(path) && !above.objects.has(path)) return true;
    return this.isFolderLeftOut(parent);
  }

  /** `-D` and `-I` that a file is compiled with. */
  flags(path: string, image: Image): Pick<Kbuild, 'defines' | 'include'> {
    return this.reader.folder(image.folder === '' ? folderOf(path) : image.folder);
  }
}

/** Folders whose objects are linked apart from the kernel. */
const separate: readonly { readonly arch: Arch; readonly folder: string }[] = [{ arch: 'arm64', folder: 'arch/arm64/kvm/hyp/nvhe' }];

const folderOf = (path: string): string => path.slice(0, Math.max(path.lastIndexOf('/'), 0));
const stem = (path: string): string => path.replace(/\.\w+$/, '');
