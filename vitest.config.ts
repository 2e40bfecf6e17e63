import { fileURLToPath } from "node:url"
import { defineConfig } from "vitest/config"

// every worker of Node's suite strips the types of the same twenty files: kept once, this halves the time of the suite
process.env["NODE_COMPILE_CACHE"] ??= fileURLToPath(new URL("./node_modules/.cache/node", import.meta.url))

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // a worker has 10 seconds to start on a machine that is busy
    testTimeout: 60_000,
    hookTimeout: 60_000,
    fileParallelism: false
  }
})
