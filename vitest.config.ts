import { defineConfig } from "vitest/config"

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // a worker has 10 seconds to start on a machine that is busy
    testTimeout: 60_000,
    hookTimeout: 60_000,
    fileParallelism: false
  }
})
