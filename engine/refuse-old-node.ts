import { faultOfNode } from '../bin/node-version.mjs';

/*
 * For programs, which come past bin/cronflow.mjs: imported first where the package is. For this to be reached, no module that is
 * imported with it may import by name what an older Node does not export.
 */

const fault = faultOfNode(process.versions.node);
if (fault !== undefined) throw new Error(fault);
