export { parseSync, transformSync, traverse } from '@babel/core';
export { default as decorators } from '@babel/plugin-proposal-decorators';
