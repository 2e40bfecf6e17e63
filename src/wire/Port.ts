/**
 * The structural types of what carries messages. A `MessagePort` of any runtime fits, and so does a pair made by hand
 * in a test.
 */

/** One end of a channel, as the wire needs it: posts cloneable values and hears what the other end posts. */
export interface Port {
  postMessage(message: unknown, transfer?: ReadonlyArray<Transferred>): void
  addEventListener(type: string, listener: (event: { readonly data: unknown }) => void): void
  removeEventListener(type: string, listener: (event: { readonly data: unknown }) => void): void
  start?(): void
  close?(): void
  /** Lets the process end although this end listens, on runtimes where listening holds it. */
  unref?(): void
  /**
   * Takes the next message before it becomes an event, where the runtime can; undefined when there is none. Throws when
   * it cannot be read.
   */
  take?(): { readonly message: unknown } | undefined
}

/** A value that a runtime hands over instead of cloning it: an `ArrayBuffer`, a port, a stream. */
export type Transferred = object
