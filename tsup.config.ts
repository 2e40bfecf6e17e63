import { dirname, relative, resolve } from "node:path"
import { defineConfig, type Options } from "tsup"

const common: Options = {
  format: ["esm"],
  splitting: false,
  dts: false,
  platform: "neutral",
  target: "es2023",
  removeNodeProtocol: false,
  external: [/^node:/]
}

export default defineConfig([
  // One output per module, so that nothing is loaded twice and every module stays where its sources are.
  {
    ...common,
    entry: ["src/**/*.ts", "!src/**/*Bootstrap.ts", "!src/runtime/bootstrap.ts"],
    esbuildPlugins: [
      {
        name: "per-module",
        setup: (build) =>
          build.onResolve({ filter: /^\.\.?\// }, (args) =>
            args.kind === "entry-point" ? undefined : { path: args.path.replace(/\.ts$/, ".js"), external: true }
          )
      }
    ]
  },
  // What a worker starts with is one file: on Node every further module costs a worker a millisecond or more of its
  // start. What it loads later is in that file as well, and not run until then.
  {
    ...common,
    entry: { "runtime-node/NodeBootstrap": "src/runtime-node/NodeBootstrap.ts" },
    noExternal: ["comlink"]
  },
  {
    ...common,
    entry: { "runtime-deno/DenoBootstrap": "src/runtime-deno/DenoBootstrap.ts" },
    noExternal: ["comlink"]
  },
  // On Bun every line that is read costs more than a file that is not: what is loaded later stays outside.
  {
    ...common,
    entry: { "runtime-bun/BunBootstrap": "src/runtime-bun/BunBootstrap.ts" },
    esbuildPlugins: [
      {
        name: "later",
        setup: (build) =>
          build.onResolve({ filter: /^\.\.?\// }, (args) => {
            if (args.kind !== "dynamic-import") return undefined
            const module = relative("src/runtime-bun", resolve(dirname(args.importer), args.path))
            return { path: module.replace(/\.ts$/, ".js"), external: true }
          })
      }
    ]
  }
])
