/** Where each CPU goes, by number. */
export type Permutation = readonly number[];

/** Every way to let the members of each group change places; the first leaves all where they are. */
export function permutations(cpus: number, groups: readonly (readonly number[])[]): Permutation[] {
  let all: Permutation[] = [[...Array(cpus).keys()]];
  for (const group of groups) all = orders(group).flatMap((order) => all.map((p) => p.map((to) => order[group.indexOf(to)] ?? to)));
  return all;
}

function orders(of: readonly number[]): number[][] {
  if (of.length < 2) return [[...of]];
  return of.flatMap((first, i) => orders([...of.slice(0, i), ...of.slice(i + 1)]).map((rest) => [first, ...rest]));
}
