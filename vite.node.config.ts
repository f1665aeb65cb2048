import { isBuiltin } from 'node:module';
import path from 'node:path';
import { defineConfig, minifySync, type EnvironmentOptions, type Plugin } from 'vite';
import { noteSources } from './scripts/note-sources.ts';
import { thirdPartyNotices } from './scripts/notices.ts';

/*
 * The programs that Node and Electron run, in few files: half of the time of a short run was looking up and reading modules
 * (bench/start.ts), and whoever installs the package is spared eighty others. Each program is at the address that tsc would give it, so that engine/own-file.ts finds it; the rest is in
 * dist/bundled. Packages with compiled parts stay outside; what a start does not need is in files of its own.
 */

/** What is installed beside the programs: packages with compiled parts, the shell, and what only who has a queue needs. */
const OUTSIDE = ['better-sqlite3', 'bullmq', 'electron', 'ioredis', 'oxc-transform', 'pg'];

/**
 * @param together Modules that come in one file, with all that they import, the first of them first. None of the programs
 * themselves: what one needs from such a file would start the other.
 */
function programs(names: readonly string[], together: Readonly<Record<string, RegExp>>): EnvironmentOptions {
  return {
    consumer: 'server',
    resolve: { noExternal: true, external: OUTSIDE },
    build: {
      ssr: true,
      outDir: 'dist',
      // Of tsc, there are the declarations.
      emptyOutDir: false,
      target: 'node22',
      minify: false,
      sourcemap: true,
      rolldownOptions: {
        input: Object.fromEntries(names.map(name => [name, path.resolve(import.meta.dirname, `${name}.ts`)])),
        output: {
          format: 'es',
          // What they say is in the sources, and in the maps.
          comments: { jsdoc: false },
          entryFileNames: '[name].js',
          chunkFileNames: 'bundled/[name]-[hash].js',
          codeSplitting: {
            groups: Object.entries(together).map(([name, test], at) => ({ name, test, priority: 9 - at })),
          },
        },
      },
    },
  };
}

/** How much of a file is of packages, for that. */
const MOSTLY = 0.75;

function isOfOthers(modules: Readonly<Record<string, { readonly renderedLength: number }>>): boolean {
  const length = (ids: readonly string[]) => ids.reduce((sum, id) => sum + (modules[id]?.renderedLength ?? 0), 0);
  const ids = Object.keys(modules);
  return length(ids.filter(id => id.includes('node_modules'))) > MOSTLY * length(ids);
}

/** Files that are mostly libraries of others, which nobody reads here, go without their comments and indents: a megabyte of the package. Their maps are not published. */
const librariesInShort: Plugin = {
  name: 'libraries-in-short',
  apply: 'build',
  generateBundle(_, bundle) {
    for (const chunk of Object.values(bundle))
      if (chunk.type === 'chunk' && isOfOthers(chunk.modules))
        chunk.code = minifySync(chunk.fileName, chunk.code, {
          module: true,
          compress: false,
          // Babel is published with short names by itself, so that they are no risk there. Others may use those of their classes.
          mangle: chunk.name.endsWith('libraries/babel'),
          codegen: { removeWhitespace: true },
        }).code;
  },
};

/**
 * Node's own modules are taken as they are. An `import` of one asks each of its members for its value, also those that load more of
 * Node when they are asked: `node:fs` its streams and promises, `node:util` what threads need. Measured: 3 ms of the processor each.
 */
const builtinsAsTheyAre: Plugin = {
  name: 'builtins-as-they-are',
  apply: 'build',
  renderChunk(code) {
    let shown = code;
    for (const node of this.parse(code).body.toReversed()) {
      if (node.type !== 'ImportDeclaration' || !isBuiltin(node.source.value)) continue;
      const module = `process.getBuiltinModule(${JSON.stringify(node.source.value)})`;
      const named = node.specifiers.filter(({ type }) => type === 'ImportSpecifier');
      const whole = node.specifiers.filter(({ type }) => type !== 'ImportSpecifier');
      const members = named.map(({ local, ...of }) => `${'imported' in of ? nameOf(of.imported) : ''}: ${local.name}`);
      const declared = [
        ...whole.map(({ local }) => `${local.name} = ${module}`),
        ...(members.length > 0 ? [`{ ${members.join(', ')} } = ${module}`] : []),
      ];
      // Hoisted as an import is: of two files that import each other, one is executed first. No line more or less, for the maps.
      shown = `${shown.slice(0, node.start)}var ${declared.join(', ')};${shown.slice(node.end)}`;
    }
    return shown === code ? null : { code: shown, map: null };
  },
};

function nameOf(imported: { readonly type: string; readonly name?: string; readonly value?: unknown }): string {
  return imported.type === 'Identifier' ? String(imported.name) : JSON.stringify(imported.value);
}

export default defineConfig({
  plugins: [
    builtinsAsTheyAre,
    librariesInShort,
    noteSources(['vite.node.config.ts', 'package.json']),
    thirdPartyNotices('dist/THIRD-PARTY-NOTICES.txt', ['runner', 'shells']),
  ],
  environments: {
    runner: programs(
      [
        'engine/runner/main',
        'engine/runner/worker',
        'engine/runner/probe/values/values-thread',
        'engine/index',
        'engine/testing/index',
        'engine/load/worker-start',
        'engine/load/helpers/decorate',
        'engine/load/helpers/decorateMetadata',
        'engine/load/helpers/decorateParam',
        'engine/load/libraries/babel',
        'engine/load/libraries/code-frame',
      ],
      {
        // Before the others, which are larger.
        orphan: /engine\/runner\/orphan\.ts$/,
        author: /engine\/(?:workflow\/define|native-module|program\/(?:handle|engine-state))\.ts$/,
        loader: /engine\/load\/(?:hooks|offer-gc|worker-threads)\.ts$/,
        runner:
          /engine\/(?:run|store)\/|engine\/load\/load\.ts$|engine\/runner\/(?!main|child|worker\.|worker-process|probe\/values\/(?!watch))/,
      },
    ),
    shells: programs(['cli/main', 'host/store/thread', 'electron/main'], {
      run: /cli\/commands\/run\.ts$|engine\/native-module\.ts$/,
      'after-run': /cli\/(?:after-run|report-end|apply-policies)\.ts$/,
    }),
  },
  builder: {
    sharedConfigBuild: true,
    sharedPlugins: true,
    buildApp: async builder => {
      for (const name of ['runner', 'shells']) {
        const environment = builder.environments[name];
        if (environment) await builder.build(environment);
      }
    },
  },
});
