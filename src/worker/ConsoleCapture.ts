/**
 * Sends what a worker prints to the main side, where it is labelled.
 *
 * The methods of the worker's `console` are replaced, because `stdout` of a worker cannot be captured on every runtime
 * (Deno 2.9 delivers nothing). A line is sent at once, so that the last words of a worker that dies are heard.
 */
import * as Frame from "../wire/Frame.ts"
import type { Port } from "../wire/Port.ts"

/** The levels that a line may have. */
export const levels = ["debug", "log", "info", "warn", "error"] as const

/** One of {@link levels}. */
export type Level = (typeof levels)[number]

export interface ConsoleCapture {
  /** Sends the lines so far, and from now on every line, over `port`. */
  readonly connect: (port: Port) => void
}

/** Replaces this thread's console. Lines are made by `format`, the runtime's own formatter. */
export const install = (incarnation: number, format: (...args: Array<unknown>) => string): ConsoleCapture => {
  let port: Port | undefined
  const early: Array<Array<unknown>> = []
  const print =
    (level: Level) =>
    (...args: Array<unknown>): void => {
      let text: string
      try {
        text = format(...args)
      } catch {
        text = "[a line that cannot be formatted]"
      }
      const frame = [incarnation, 0, 0, Frame.Log, 2, level, text]
      if (port === undefined) early.push(frame)
      else port.postMessage(frame)
    }
  for (const level of levels) console[level] = print(level)
  console.trace = print("debug")
  return {
    connect: (to) => {
      port = to
      for (const frame of early.splice(0)) to.postMessage(frame)
    }
  }
}
