/** Builds what the shells show before any test: they test what people get, and never a build of before. */
export { ensureBuilt as default } from './built.ts';
