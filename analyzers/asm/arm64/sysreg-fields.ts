/**
 * The constants of the generated header asm/sysreg-defs.h, from the file that the build makes it of (arch/arm64/tools/sysreg, by
 * gen-sysreg.awk): where each field of a system register lies. REG_FIELD_SHIFT, _WIDTH and _MASK, REG_FIELD for a field of one bit, and
 * REG_FIELD_VALUE for each named value.
 */
export function sysregFields(text: string): Map<string, bigint> {
  const constants = new Map<string, bigint>();
  let register = '';
  let field = '';
  for (const line of text.split('\n').slice(0, MAX_LINES)) {
    const [head = '', bits = '', name = ''] = line.replace(/#.*/, '').trim().split(/\s+/);
    switch (head) {
      case 'Sysreg':
      case 'SysregFields':
        register = bits;
        break;
      case 'Field':
      case 'Enum':
      case 'UnsignedEnum':
      case 'SignedEnum': {
        const [high = '', low = high] = bits.split(':');
        field = `${register}_${name}`;
        if (!/^\d{1,2}$/.test(high) || !/^\d{1,2}$/.test(low)) break;
        const [msb, lsb] = [BigInt(high), BigInt(low)];
        const ones = (1n << (msb - lsb + 1n)) - 1n;
        constants
          .set(`${field}_SHIFT`, lsb)
          .set(`${field}_WIDTH`, msb - lsb + 1n)
          .set(`${field}_MASK`, ones << lsb);
        if (msb === lsb && head === 'Field') constants.set(field, 1n << lsb);
        break;
      }
      case 'EndEnum':
        field = '';
        break;
      default:
        if (field !== '' && /^0b[01]+$/.test(head) && bits !== '') constants.set(`${field}_${bits}`, BigInt(head));
    }
  }
  return constants;
}

const MAX_LINES = 50_000;
