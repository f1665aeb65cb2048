/* What `import … from 'electron'` gives in the main process. */

export { app } from './app.ts';
export { BrowserWindow } from './browser-window.ts';
export { dialog, nativeTheme, Notification, powerMonitor, screen, shell } from './desktop.ts';
export { ipcMain } from './ipc-main.ts';
export { Menu, MenuItem } from './menu.ts';
export { protocol } from './schemes.ts';
export { session } from './session.ts';
export { WebContents as webContents } from './web-contents.ts';
