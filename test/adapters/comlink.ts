/** The types of `comlink.worker.mjs`. */
export interface Api {
  readonly add: (a: number, b: number) => number
  readonly later: (name: string) => Promise<string>
  readonly visit: () => number
  readonly fail: () => never
  readonly failWith: (value: unknown) => never
  readonly proxy: () => unknown
  readonly uncloneable: () => unknown
  readonly size: (bytes: Uint8Array) => number
  readonly hold: () => Promise<string>
  readonly release: () => void
  readonly spin: () => never
  readonly exit: (code: number) => never
  readonly crash: () => Promise<never>
  readonly notAFunction: number
}
