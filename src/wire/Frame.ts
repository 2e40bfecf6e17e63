/**
 * Frames: what the main side and a worker say to each other while calls run.
 *
 * A frame is one flat array, because runtimes clone flat arrays of simple values on a fast path. It opens with a
 * header and goes on with messages, each of which spreads its arguments:
 *
 * ```text
 * main -> worker   [incarnation,          id, code, argc, ...args,  id, code, argc, ...args,  ...]
 * worker -> main   [incarnation, micros,  id, code, argc, ...args,  ...]
 * ```
 *
 * `incarnation` is the life of the worker that the frame is meant for, `id` names one message of that life, and `micros`
 * is how long the worker has worked on what this frame settles. A frame that does not follow this shape is refused as
 * a whole before any of it has effect.
 */

/** Main to worker: a code that is not negative is the index of the method to call; the arguments follow. */
export const Cancel = -1
/** Main to worker: the call may send so many more items. `[count]` */
export const Credit = -2
/** Main to worker, right before a call: milliseconds left until the caller gives up. `[milliseconds]` */
export const Deadline = -3
/** Main to worker, right before a call: which of its arguments stay on the main side. `[index, kind, ...]` */
export const Live = -4
/** Main to worker, id of the asking call or 0: what a function returned or threw. `[ask, ok, value or EncodedError]` */
export const Answer = -5
/** Main to worker: items of a stream that is an argument. `[index, ...items]` */
export const Input = -6
/** Main to worker: a stream that is an argument has ended or failed. `[index]` or `[index, EncodedError]` */
export const InputEnd = -7

/** Worker to main: the call returned. `[value]` */
export const Succeeded = 0
/** Worker to main: the call threw. `[EncodedError]` */
export const Failed = 1
/** Worker to main: the call's value could not be cloned. `[path, description]` */
export const Unserializable = 2
/** Worker to main: items of a stream. `[...items]` */
export const Items = 3
/** Worker to main: the method ended because it was asked to; nobody waits for its value. `[]` */
export const Ended = 4
/** Worker to main, id 0: a line of the worker's console. `[level, text]` */
export const Log = 5
/**
 * Worker to main: calls a function of the main side, which is an argument of the call or, with a negative index, one of
 * the parent's. `[ask, index, ...args]`
 */
export const Ask = 6
/** Worker to main: so many more items of a stream that is an argument may come; 0 when it is read no more. `[index, count]` */
export const Want = 7

/** Kind of a live argument: a function. */
export const Callable = 0
/** Kind of a live argument: a stream. */
export const Readable = 1

/** Calls of functions of the main side that one call, or what a worker does outside of calls, may have on their way. */
export const askWindow = 64

/** Items that a stream, in either direction, may send before it is given more credit. */
export const streamWindow = 64

/** Words before the first message of a frame to a worker. */
export const toWorkerHeader = 1
/** Words before the first message of a frame to the main side. */
export const toMainHeader = 2

const isIndex = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0

/**
 * Is `frame` well formed: an array with `header` leading words, the first of them `incarnation`, and whole messages
 * whose codes lie in `[lowest, highest]`? Everything that arrives passes here before it is read.
 */
export const isFrame = (
  frame: unknown,
  header: number,
  incarnation: number,
  lowest: number,
  highest: number
): frame is Array<unknown> => {
  if (!Array.isArray(frame) || frame.length < header || frame[0] !== incarnation) return false
  if (header === toMainHeader && !isDuration(frame[1])) return false
  let at = header
  while (at < frame.length) {
    const code: unknown = frame[at + 1]
    const argc: unknown = frame[at + 2]
    if (!isIndex(frame[at]) || !Number.isInteger(code) || !isIndex(argc)) return false
    // Number.isInteger has just said that it is a number
    if ((code as number) < lowest || (code as number) > highest) return false
    at += 3 + argc
  }
  return at === frame.length
}

const isDuration = (value: unknown): boolean => typeof value === "number" && value >= 0 && Number.isFinite(value)
