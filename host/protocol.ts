/** Raised whenever a shape in api.ts changes. Apart from it, so that a page can compare without carrying all schemas. */
export const PROTOCOL = 4;
