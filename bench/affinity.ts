/**
 * Moves all threads of this process to one core, and back, where `taskset` (util-linux) is there to do it.
 */
import { spawnSync } from "node:child_process"

const taskset = (...words: ReadonlyArray<string>): string | undefined => {
  const { status, stdout } = spawnSync("taskset", [...words, String(process.pid)], { encoding: "utf8" })
  return status === 0 ? stdout : undefined
}

/** The cores that the process may use, as taskset writes them: `0-3,8`. Undefined where nothing can tell. */
const cores: string | undefined = taskset("-c", "-p")?.trim().split(" ").at(-1)

const core = cores?.split(/[,-]/).at(-1)

const moveTo = (target: string): boolean => taskset("-a", "-c", "-p", target) !== undefined

/** Moves all threads to the last of the cores. Returns whether they are there. */
export const oneCore = (): boolean => core !== undefined && moveTo(core)

/** Lets all threads use what they could use before. */
export const allCores = (): void => {
  if (cores !== undefined) moveTo(cores)
}
