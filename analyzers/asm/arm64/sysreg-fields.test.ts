import { describe, expect, it } from 'vitest';
import { sysregFields } from './sysreg-fields.js';

describe('fields of system registers', () => {
  it('become the constants that the build generates', () => {
    const fields = sysregFields(`
# a comment
Sysreg	CTL_EL1	3	0	1	0	0
Res0	63:12
Enum	11:8	MODE
	0b0000	NONE
	0b0011	BOTH
EndEnum
Field	7:4	COUNT
Field	2	ON	# said here
EndSysreg
`);
    expect(Object.fromEntries(fields)).toEqual({
      CTL_EL1_MODE_SHIFT: 8n,
      CTL_EL1_MODE_WIDTH: 4n,
      CTL_EL1_MODE_MASK: 0xf00n,
      CTL_EL1_MODE_NONE: 0n,
      CTL_EL1_MODE_BOTH: 3n,
      CTL_EL1_COUNT_SHIFT: 4n,
      CTL_EL1_COUNT_WIDTH: 4n,
      CTL_EL1_COUNT_MASK: 0xf0n,
      CTL_EL1_ON_SHIFT: 2n,
      CTL_EL1_ON_WIDTH: 1n,
      CTL_EL1_ON_MASK: 4n,
      CTL_EL1_ON: 4n,
    });
  });
});
