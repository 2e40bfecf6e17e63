import { defineConfig } from "tsup"

// One output per module: a worker's bootstrap is found beside the module that names it, and nothing is loaded twice.
export default defineConfig({
  entry: ["src/**/*.ts"],
  format: ["esm"],
  splitting: false,
  dts: false,
  clean: true,
  platform: "neutral",
  target: "es2023",
  removeNodeProtocol: false,
  external: [/^node:/],
  esbuildPlugins: [
    {
      name: "per-module",
      setup: (build) =>
        build.onResolve({ filter: /^\.\.?\// }, (args) =>
          args.kind === "entry-point" ? undefined : { path: args.path.replace(/\.ts$/, ".js"), external: true }
        )
    }
  ]
})
