import type { DerivedStore } from '../../analyzers/source/derived.js';
import { packageVersion } from '../package.js';
import { defaultStoreFolder, folderStore } from '../tree/store.js';
import { programVersion } from '../tree/version.js';

/** What `--cache` and `--no-cache` say. */
export interface CacheOption {
  readonly cache?: string | false;
}

/** The folder to keep derived values in; null for none. */
export const cacheFolder = ({ cache }: CacheOption): string | null => (cache === false ? null : (cache ?? defaultStoreFolder()));

export const storeIn = (folder: string | null): DerivedStore | null =>
  folder === null ? null : folderStore(folder, programVersion(packageVersion()));
