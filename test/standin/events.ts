/** An event of Electron's that a listener can stop. */
export interface Preventable {
  readonly defaultPrevented: boolean;
  preventDefault(): void;
}

export function preventable<T extends object>(more: T): Preventable & T;
export function preventable(): Preventable;
export function preventable(more: object = {}): Preventable {
  let prevented = false;
  return Object.defineProperty(
    {
      ...more,
      preventDefault: () => {
        prevented = true;
      },
    },
    'defaultPrevented',
    { get: () => prevented },
  ) as Preventable;
}
