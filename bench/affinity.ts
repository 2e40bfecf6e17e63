/**
 * Moves the threads of this process that run JavaScript to one core, and back, where Linux's `/proc` names them and
 * `taskset` (util-linux) moves them.
 */
import { spawnSync } from "node:child_process"
import { readdirSync, readFileSync } from "node:fs"

const taskset = (...words: ReadonlyArray<string>): string | undefined => {
  const { status, stdout } = spawnSync("taskset", ["-c", "-p", ...words], { encoding: "utf8" })
  return status === 0 ? stdout : undefined
}

const main = String(process.pid)

/** The cores that the process may use, as taskset writes them: `0-3,8`. Undefined where nothing can tell. */
const cores: string | undefined = taskset(main)?.trim().split(" ").at(-1)

const core = cores?.split(/[,-]/).at(-1)

/** Threads of the runtimes that compile, collect garbage or wait for the system. */
const helpers = /^(V8|JIT|JSC|Heap|mi-|tokio|libuv|Signal|Delayed)/

const nameOf = (thread: string): string | undefined => {
  try {
    return readFileSync(`/proc/self/task/${thread}/comm`, "utf8")
  } catch {
    return undefined // it has ended meanwhile
  }
}

const threads = (): ReadonlyArray<string> =>
  readdirSync("/proc/self/task").filter((thread) => {
    const name = nameOf(thread)
    return name !== undefined && !helpers.test(name)
  })

/** Moves the threads to the last of the cores. */
export const oneCore = (): void => {
  if (core !== undefined) for (const thread of threads()) taskset(core, thread)
}

/** Lets all threads use what they could use before. */
export const allCores = (): void => {
  if (cores !== undefined) taskset("-a", cores, main)
}
