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
  // What a worker starts with is one file, Comlink included: on Node every further module costs a worker a millisecond
  // or more of its start.
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
  { ...common, entry: { "runtime-bun/BunBootstrap": "src/runtime-bun/BunBootstrap.ts" }, noExternal: ["comlink"] }
])
