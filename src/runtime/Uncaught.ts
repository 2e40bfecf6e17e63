/**
 * The error that has ended a worker, as the main side hears of it: from the runtime, and in full from the worker itself
 * (see `LastWords.ts`).
 */
import { isLastWords } from "../wire/Control.ts"
import { decode } from "../wire/EncodedError.ts"

export interface Uncaught {
  /** Takes a message of the worker. */
  readonly hear: (message: unknown) => void
  /** The runtime has reported `error`: only now the worker's words count, as the adapter may catch an error by itself. */
  readonly report: (error: unknown) => void
  /** `undefined` when the worker ends without an error. */
  readonly error: () => unknown
}

export const make = (): Uncaught => {
  let words: { readonly error: unknown } | undefined
  let reported: { readonly error: unknown } | undefined
  return {
    hear: (message) => {
      if (isLastWords(message)) words = { error: decode(message.error) }
    },
    report: (error) => {
      reported = { error }
    },
    error: () => (reported === undefined ? undefined : (words ?? reported).error)
  }
}
