import { EventEmitter } from 'node:events';
import { BrowserWindow } from './browser-window.ts';

interface ItemOptions {
  readonly id?: string;
  readonly label?: string;
  readonly role?: string;
  readonly type?: string;
  readonly enabled?: boolean;
  readonly visible?: boolean;
  readonly checked?: boolean;
  readonly accelerator?: string;
  readonly submenu?: readonly ItemOptions[] | Menu;
  readonly click?: (item: MenuItem, window: BrowserWindow | null, event: object) => void;
}

export class MenuItem {
  readonly id: string | undefined;
  readonly label: string;
  readonly role: string | undefined;
  readonly type: string;
  readonly accelerator: string | undefined;
  readonly submenu: Menu | undefined;
  readonly click: (event?: object, window?: BrowserWindow | null) => void;
  enabled: boolean;
  visible: boolean;
  checked: boolean;

  constructor({
    id,
    label = '',
    role,
    submenu,
    type = submenu ? 'submenu' : 'normal',
    enabled = true,
    visible = true,
    checked = false,
    accelerator,
    click,
  }: ItemOptions) {
    this.id = id;
    this.label = label;
    this.role = role?.toLowerCase();
    this.type = type;
    this.accelerator = accelerator;
    this.submenu = submenu === undefined || submenu instanceof Menu ? submenu : Menu.buildFromTemplate(submenu);
    this.click = (event = {}, window = BrowserWindow.getFocusedWindow()) => click?.(this, window, event);
    this.enabled = enabled;
    this.visible = visible;
    this.checked = checked;
  }
}

export class Menu extends EventEmitter {
  static #ofApp: Menu | null = null;
  items: MenuItem[] = [];

  static buildFromTemplate(template: readonly (ItemOptions | MenuItem)[]): Menu {
    const menu = new Menu();
    menu.items = template.map(item => (item instanceof MenuItem ? item : new MenuItem(item)));
    return menu;
  }

  static setApplicationMenu(menu: Menu | null): void {
    Menu.#ofApp = menu;
  }
  static getApplicationMenu(): Menu | null {
    return Menu.#ofApp;
  }

  getMenuItemById(id: string): MenuItem | null {
    for (const item of this.items) {
      if (item.id === id) return item;
      const found = item.submenu?.getMenuItemById(id);
      if (found) return found;
    }
    return null;
  }

  popup(): void {
    /* Not shown. */
  }
}
