/**
 * Sends what a worker prints to the main side, where it is labelled.
 *
 * The methods of the worker's `console` are replaced, because `stdout` of a worker cannot be captured on every runtime
 * (Deno 2.9 delivers nothing). A line is sent at once, so that the last words of a worker that dies are heard.
 */

/** The levels that a line may have. */
export const levels = ["debug", "log", "info", "warn", "error"] as const

/** One of {@link levels}. */
export type Level = (typeof levels)[number]

/** Sends a line. */
export type SendLine = (level: Level, text: string) => void

export interface ConsoleCapture {
  /** Sends the lines so far, and from now on every line, with `send`. */
  readonly connect: (send: SendLine) => void
}

/** Replaces this thread's console. Lines are made by `format`, the runtime's own formatter. */
export const install = (format: (...args: Array<unknown>) => string): ConsoleCapture => {
  let send: SendLine | undefined
  const early: Array<Parameters<SendLine>> = []
  const print =
    (level: Level) =>
    (...args: Array<unknown>): void => {
      let text: string
      try {
        text = format(...args)
      } catch {
        text = "[a line that cannot be formatted]"
      }
      if (send === undefined) early.push([level, text])
      else send(level, text)
    }
  for (const level of levels) console[level] = print(level)
  console.trace = print("debug")
  return {
    connect: (to) => {
      send = to
      for (const line of early.splice(0)) to(...line)
    }
  }
}
