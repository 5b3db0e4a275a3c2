export { type CompileOptions, compileC } from './compile.js';
export { initC } from './parser.js';
export { printExpr, printInstr, printProcedure } from './print.js';
