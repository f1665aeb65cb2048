/**
 * What oxc calls for a TypeScript decorator (`experimentalDecorators`). oxc expects it in a package of its own,
 * `@oxc-project/runtime`; the hooks point that import here instead.
 */
type Decorator = (target: unknown, key?: string | symbol, descriptor?: PropertyDescriptor | null) => unknown;

function decorate(
  given: (Decorator | undefined)[],
  target: object,
  key?: string | symbol,
  described?: PropertyDescriptor | null,
): unknown {
  // `emitDecoratorMetadata` makes one of nothing where no library takes the metadata; tsc leaves those out, too.
  const decorators = given.filter(decorator => decorator !== undefined);
  if (key === undefined) {
    return decorators.reduceRight<unknown>((type, decorator) => decorator(type) ?? type, target);
  }
  // null asks for the property's own descriptor (a method); undefined says that it has none yet (a field).
  const before = described === null ? Object.getOwnPropertyDescriptor(target, key) : described;
  const after = decorators.reduceRight((descriptor, decorator) => {
    return (decorator(target, key, descriptor) as PropertyDescriptor | undefined) ?? descriptor;
  }, before);
  if (after !== undefined) Object.defineProperty(target, key, after);
  return after;
}

// 'module.exports' is what `require` gets, for a .cts file.
export { decorate as default, decorate as 'module.exports' };
