/** The adapter of `live.ts`, apart from it so that the test's own thread loads only what it needs. */
export { live as default } from "./live.ts"
