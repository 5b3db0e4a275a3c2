/** A mail of fixtures/threads/x86-vmalloc-fault.mbox that moves the call of the handler where the mail takes it out. */
export function handlerLater(mail: string): string {
  const [head = ''] = mail.split(/^@@/m);
  return `${head}${HUNK.join('\n')}`;
}

const CALL = [
  '\tif (!(hw_error_code & (X86_PF_RSVD | X86_PF_USER | X86_PF_PROT))) {',
  '\t\tif (vmalloc_fault(address) >= 0)',
  '\t\t\treturn;',
  '\t}',
  '',
];

const HUNK = [
  '@@ -118,16 +118,16 @@ do_kern_addr_fault(struct pt_regs *regs, unsigned long hw_error_code,',
  ' {',
  ' \tWARN_ON_ONCE(hw_error_code & X86_PF_PK);',
  ' ',
  ...CALL.map((line) => `-${line}`),
  ' \t/* Was the fault spurious, caused by lazy TLB invalidation? */',
  ' \tif (spurious_kernel_fault(hw_error_code, address))',
  ' \t\treturn;',
  ' ',
  ...CALL.map((line) => `+${line}`),
  ' \tbad_area_nosemaphore(regs, hw_error_code, address);',
  ' }',
  '-- ',
  '2.43.0',
  '',
  '',
];
