/**
 * Frames: what the main side and a worker say to each other while calls run.
 *
 * A frame is one flat array, because runtimes clone flat arrays of simple values on a fast path. It opens with a
 * header and goes on with messages, each of which spreads its arguments:
 *
 * ```text
 * main -> worker   [incarnation, number, read,          id, code, argc, ...args,  id, code, argc, ...args,  ...]
 * worker -> main   [incarnation, number, read, micros,  id, code, argc, ...args,  ...]
 * ```
 *
 * `incarnation` is the life of the worker that the frame is meant for, `number` counts the frames of one side, `read` is
 * the number of the last frame that it has read of the other, `id` names one message of that life, and `micros` is how
 * long the worker has worked on what this frame settles. A frame that does not follow this shape is refused as
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
/** Main to worker: items of a stream that is an argument; positions count its messages. `[index, position, ...items]` */
export const Input = -6
/** Main to worker: a stream that is an argument has ended or failed. `[index, position]`, `[index, position, EncodedError]` */
export const InputEnd = -7
/** Main to worker, id 0: a frame of the worker's could not be read. `[number, why]` */
export const UnreadByMain = -8

/** Worker to main: the call returned, a stream after so many items. `[value]`, `[count]` */
export const Succeeded = 0
/** Worker to main: the call threw. `[EncodedError]` */
export const Failed = 1
/** Worker to main: the call's value could not be cloned. `[path, description]` */
export const Unserializable = 2
/** Worker to main: an item of a stream; positions count from 0. `[item, position]` */
export const Item = 3
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
/** Worker to main, id 0: a frame of the main side's could not be read. `[number, why]` */
export const UnreadByWorker = 8
/** Worker to main, id 0: the frame that could not be read is gone, and nobody knows whose it was. `[number]` */
export const Lost = 9

/** Kind of a live argument: a function. */
export const Callable = 0
/** Kind of a live argument: a stream. */
export const Readable = 1

/** Calls of functions of the main side that one call, or what a worker does outside of calls, may have on their way. */
export const askWindow = 64

/** Items that a stream, in either direction, may send before it is given more credit. */
export const streamWindow = 64

/** Words before the first message of a frame to a worker. */
export const toWorkerHeader = 3
/** Words before the first message of a frame to the main side. */
export const toMainHeader = 4

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
  if (!isIndex(frame[1]) || !isIndex(frame[2])) return false
  if (header === toMainHeader && !isDuration(frame[3])) return false
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

/** The messages of a well-formed frame, each with what goes right before it ({@link Deadline}, {@link Live}). */
export const split = (frame: ReadonlyArray<unknown>, header: number): Array<Array<unknown>> => {
  const messages: Array<Array<unknown>> = []
  let from = header
  for (let at = header; at < frame.length;) {
    const code = frame[at + 1]
    // the frame is well formed
    at += 3 + (frame[at + 2] as number)
    if (header === toWorkerHeader && (code === Deadline || code === Live)) continue
    messages.push(frame.slice(from, at))
    from = at
  }
  return messages
}

const isDuration = (value: unknown): boolean => typeof value === "number" && value >= 0 && Number.isFinite(value)
