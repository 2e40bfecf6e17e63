/**
 * The event loop of a worker. Only Node tells all that it waits for: Deno leaves out sockets and servers of its own kind,
 * and on Bun a nap gains nothing.
 */

/** Does it wait for what comes over the worker's own two ports only? */
export const quiet = (): boolean => {
  const resources = process.getActiveResourcesInfo()
  return resources.length <= 2 && resources.every((resource) => resource === "MessagePort")
}

/** Runs `run` when all microtasks have run, before the loop has its turn. */
export const afterMicrotasks = (run: () => void): void => {
  // ticks that a microtask asks for come after all microtasks; other ticks come before
  queueMicrotask(() => process.nextTick(run))
}
