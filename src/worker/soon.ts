/** Runs `run` once the event loop has had its turn. */
// all runtimes have it, though it is no web standard; a timer is the next best
export const soon: (run: () => void) => void =
  (globalThis as { readonly setImmediate?: (run: () => void) => unknown }).setImmediate ?? ((run) => setTimeout(run, 0))
