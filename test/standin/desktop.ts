import { EventEmitter } from 'node:events';

/* What belongs to the system: dialogs, the system browser, notifications, the screen. Tests replace what should answer otherwise. */

type DialogArgs = readonly unknown[];

export const dialog = {
  showOpenDialog: async (..._args: DialogArgs) => ({ canceled: true, filePaths: [] as string[] }),
  showSaveDialog: async (..._args: DialogArgs) => ({ canceled: true, filePath: '' }),
  /** Closed without a choice. */
  showMessageBox: async (...args: DialogArgs) => {
    const { cancelId = 0 } = args.at(-1) as { cancelId?: number };
    return { response: cancelId, checkboxChecked: false };
  },
  showErrorBox: (title: string, content: string): void => console.error(`${title}: ${content}`),
};

export const shell = {
  openExternal: async (_url: string): Promise<void> => undefined,
  openPath: async (_path: string): Promise<string> => '',
  showItemInFolder: (_path: string): void => undefined,
};

export class Notification extends EventEmitter {
  /** For tests: those that were shown. */
  static readonly shown: Notification[] = [];
  readonly title: string;
  readonly body: string;

  constructor({ title = '', body = '' }: { readonly title?: string; readonly body?: string } = {}) {
    super();
    this.title = title;
    this.body = body;
  }

  static isSupported(): boolean {
    return true;
  }
  show(): void {
    Notification.shown.push(this);
    this.emit('show');
  }
  close(): void {
    this.emit('close');
  }
}

class NativeTheme extends EventEmitter {
  themeSource = 'system';
  get shouldUseDarkColors(): boolean {
    return this.themeSource === 'dark';
  }
}
export const nativeTheme = new NativeTheme();

export const powerMonitor = new EventEmitter();

const display = {
  id: 1,
  scaleFactor: 1,
  bounds: { x: 0, y: 0, width: 1920, height: 1080 },
  workArea: { x: 0, y: 0, width: 1920, height: 1080 },
};
export const screen = {
  getPrimaryDisplay: () => display,
  getAllDisplays: () => [display],
};
