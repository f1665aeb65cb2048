/** What oxc calls for `emitDecoratorMetadata`, as tsc does: nothing without a library such as reflect-metadata. */
function decorateMetadata(key: string, value: unknown): unknown {
  const metadata: unknown = Reflect.get(Reflect, 'metadata');
  return typeof metadata === 'function' ? metadata(key, value) : undefined;
}

export { decorateMetadata as default, decorateMetadata as 'module.exports' };
