/**
 * Progress on standard error, which leaves standard output to the result: one line updated in place on a terminal, a
 * line per quarter elsewhere.
 */
import * as Effect from "effect/Effect"

export interface Progress {
  readonly tick: Effect.Effect<void>
  /** Ends the line, finished or not. */
  readonly end: Effect.Effect<void>
}

export const make = (label: string, total: number): Progress => {
  const terminal = process.stderr.isTTY === true
  const steps = terminal ? 100 : 4
  const stepOf = (done: number): number => Math.floor((done * steps) / total)
  let done = 0

  const draw = (): void => {
    const line = `${label.padEnd(24)} ${String(done).padStart(String(total).length)} of ${total} pages`
    const filled = Math.floor((done * 24) / total)
    const bar = "█".repeat(filled) + "░".repeat(24 - filled)
    process.stderr.write(terminal ? `\r${line} ${bar}\x1b[K` : `${line}\n`)
  }

  return {
    tick: Effect.sync(() => {
      done += 1
      if (stepOf(done) !== stepOf(done - 1)) draw()
    }),
    end: Effect.sync(() => {
      if (terminal && done > 0) process.stderr.write("\n")
    })
  }
}
