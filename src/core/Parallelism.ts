/**
 * What this machine gives a program: cores, and memory that threads share.
 */

export interface Parallelism {
  /** Threads that may run at the same moment: at least 1. Affinity and quotas count where the runtime looks at them. */
  readonly cores: number
  /** May threads share memory? Browsers want pages to be isolated for it. */
  readonly sharedMemory: boolean
}

/**
 * Looks at the machine.
 *
 * **Example** (Cores of this machine)
 *
 * ```ts
 * import { Parallelism } from "troupe"
 *
 * const { cores, sharedMemory } = Parallelism.detect()
 * console.log(cores >= 1, sharedMemory) // => true true
 * ```
 */
export const detect = (): Parallelism => {
  // a web standard that may be missing all the same
  const { navigator } = globalThis as { readonly navigator?: { readonly hardwareConcurrency?: number } }
  return {
    cores: Math.max(1, Math.trunc(navigator?.hardwareConcurrency ?? 1)),
    sharedMemory: typeof SharedArrayBuffer !== "undefined"
  }
}
