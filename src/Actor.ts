/** Actors: `core/Actor.ts`, and what makes one of an object that is here already. */
export * from "./core/Actor.ts"
export { fromObject, type FromObjectOptions } from "./profiles/fromObject.ts"
