// its types cannot be found by way of its exports
declare module "threads" {
  export class Worker {
    constructor(path: string)
  }
  type Remote<Api> = {
    readonly [K in keyof Api]: Api[K] extends (...args: infer Args) => infer R ? (...args: Args) => Promise<R> : never
  }
  export const spawn: <Api extends object>(worker: Worker) => Promise<Remote<Api>>
  export const Thread: { readonly terminate: (thread: object) => Promise<void> }
}
