/** What a form says, in one language: its tables stand with those of the presentation, which asks for payloads in them. */
export interface FormText {
  readonly cancel: string;
  readonly discardQuestion: string;
  readonly keepEditing: string;
  readonly discard: string;
  /** Beside the name of a field that may be left out. */
  readonly optional: string;
  /** Buttons beside it. */
  readonly emptyText: string;
  readonly none: string;
  readonly leaveOut: string;
  readonly giveValue: string;
  readonly add: string;
  readonly remove: (place: number) => string;
  /** What stands in an input that is empty. */
  readonly blank: {
    readonly none: string;
    readonly empty: string;
    readonly leftOut: string;
    readonly byDefault: (json: string) => string;
  };
  readonly yes: string;
  readonly no: string;
  readonly emptyChoice: string;
  readonly required: string;
  readonly notWhole: string;
  readonly notNumber: string;
  readonly tooLarge: string;
  readonly mustBe: (bounds: string) => string;
  readonly bounds: {
    readonly exactly: (value: number) => string;
    readonly between: (least: number, most: number) => string;
    readonly least: (value: number, allowed: boolean) => string;
    readonly most: (value: number, allowed: boolean) => string;
    readonly and: string;
  };
  readonly numberHint: (whole: boolean, bounds: string) => string;
  /** @param count The last number of the bounds */
  readonly lengthHint: (bounds: string, of: 'characters' | 'entries', count: number) => string;
  readonly jsonHint: string;
  readonly notJson: (why: string) => string;
  readonly momentHint: string;
  readonly zoneHint: (zone: string) => string;
  readonly beginWith: string;
  readonly lastTime: string;
  readonly anew: string;
  readonly toChange: (fields: number) => string;
}
