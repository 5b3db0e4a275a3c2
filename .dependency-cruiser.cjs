/** The one direction of the house: bot → analyzers → simulator. */
module.exports = {
  forbidden: [
    { name: 'simulator-imports-nothing-above', severity: 'error', from: { path: '^simulator/' }, to: { path: '^(bot|analyzers)/' } },
    { name: 'analyzers-do-not-import-bot', severity: 'error', from: { path: '^analyzers/' }, to: { path: '^bot/' } },
    {
      name: 'analyzers-see-only-programs',
      comment: 'The analyzers make Programs and litmus tests; what is done with them is not their business.',
      severity: 'error',
      from: { path: '^analyzers/', pathNot: '\\.test\\.ts$' },
      to: { path: '^simulator/', pathNot: '^simulator/(program|catalog|litmus)/' },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } } },
    { name: 'no-test-imports', severity: 'error', from: { pathNot: '\\.test\\.ts$' }, to: { path: '\\.test\\.ts$' } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^dist/|node_modules)' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.js'] },
  },
};
