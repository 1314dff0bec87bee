"""The file itself: characters, syntax, and the parts of YAML that hooks do without."""

from __future__ import annotations

from gateway.language.codes.code import Code

YAML = (
    Code(
        "file-too-large",
        "error",
        "The file has more than 1 MiB",
        "A file of hooks holds at most 1 MiB, which is also what a ConfigMap can hold. Put the "
        "hooks into several files.",
    ),
    Code(
        "not-utf8",
        "error",
        "The file is not UTF-8",
        "Files are read as UTF-8, with or without a byte order mark. Nothing is guessed.",
    ),
    Code(
        "forbidden-character",
        "error",
        "A character that YAML does not allow",
        "Control characters other than tab and line breaks cannot stand in a YAML file, nor can "
        "the Unicode line separators (U+0085, U+2028, U+2029), which parsers read differently. "
        "Inside double quotes any of them can be written as an escape.",
    ),
    Code(
        "empty-file",
        "error",
        "The file holds no hook",
        "A file that is empty, or has nothing but comments, is more likely a save that was cut "
        "off than a wish to remove its hooks. To remove hooks delete the file; to keep one but "
        "not serve it write `enabled: false`; names that begin with `.` or `_` are not read.",
    ),
    Code(
        "syntax",
        "error",
        "The file is not YAML",
        "The rest of the file cannot be read from here on; the documents before it can. The "
        "usual reasons are indentation, a tab, a missing quote, and text with `: ` or ` #` in "
        "it that is not in quotes.",
    ),
    Code(
        "merge-conflict",
        "error",
        "A merge that was not finished",
        "The file has the markers that git writes where two changes meet. Keep one side, remove "
        "the three lines of markers, and validate again. No hook of the file is taken over.",
    ),
    Code(
        "not-a-hook",
        "error",
        "A document of another tool",
        "Every `*.yaml` and `*.yml` below the hooks directory is read as hooks. This one is a "
        "Kubernetes manifest, a kustomization, a workflow of GitHub, a template that was not "
        "filled in, or the like. Move it elsewhere, or begin its name with `_` or `.`. A ConfigMap "
        "of hooks is mounted by Kubernetes as a directory in which its `data` are files.",
    ),
    Code(
        "too-many-documents",
        "error",
        "The file has more than 1,000 documents",
        "The documents behind the first 1,000 are not read, so that no file takes long to read. "
        "Put the hooks into several files.",
    ),
    Code(
        "slow-file",
        "error",
        "The file takes long to read",
        "A file of more than 128 KiB is read beside the others, which do not wait for it longer "
        "than two seconds. Until it has been read, its hooks stay as they were, and this is a "
        "warning. After 30 seconds it is given up. Put the hooks into several files.",
    ),
    Code(
        "too-deep",
        "error",
        "Values are nested deeper than 64",
        "No hook needs it, and a file that does it is usually made to harm its reader.",
    ),
    Code(
        "alias",
        "error",
        "An anchor or an alias",
        "`&name` and `*name` make a file shorter and its meaning hard to see in a review: a "
        "change in one hook changes another. Write the value itself.",
    ),
    Code(
        "merge-key",
        "error",
        "A merge key",
        "`<<` belongs to YAML 1.1 and merges keys that are written elsewhere. Write the keys "
        "themselves.",
    ),
    Code(
        "tag",
        "error",
        "A tag",
        "`!!str`, `!!int` and tags of applications are not part of the language: what a value is "
        "can be seen from how it is written. Write quotes where text is meant.",
    ),
    Code(
        "directive",
        "error",
        "A directive",
        "Files are read as YAML 1.2. `%YAML 1.1` would give `no` and `012` other meanings, and "
        "`%TAG` is of no use without tags.",
    ),
    Code(
        "duplicate-key",
        "error",
        "A key is written twice",
        "Parsers keep the last one in silence, and the first is read in the review. Remove one.",
    ),
    Code(
        "key-not-text",
        "error",
        "A key that is not text",
        "Keys are names. A number, `true`, `null`, a list or a mapping cannot be one; write a "
        'number that is a name in quotes: `"200": …`.',
    ),
    Code(
        "number-range",
        "error",
        "A number that JSON cannot carry",
        "Integers go from -2^63 to 2^64-1, other numbers to about 1.8e308; infinity and NaN are "
        "not numbers of JSON. Beyond that, digits would be lost on the way to the workflow. "
        "Write an identifier of many digits in quotes.",
    ),
    Code(
        "not-a-file",
        "error",
        "It is not a regular file",
        "A FIFO, a socket or a device has the name of a hook file. It is not opened. Remove it, or "
        "give it a name that begins with `.` or `_`.",
    ),
    Code(
        "unreadable",
        "error",
        "A file or a directory cannot be read",
        "It belongs to somebody else, it is a link that leads nowhere or back to itself, or it "
        "fails to be read. Files beside it are read, and hooks that served before go on.",
    ),
    Code(
        "internal",
        "error",
        "A mistake of the gateway",
        "The gateway failed on this file or this hook in a way that nobody foresaw. The hook is "
        "out of service or goes on as it last was, and every other hook serves. The log has the "
        "traceback. Please report it.",
    ),
    Code(
        "too-many",
        "warning",
        "More findings are left out",
        "After 100 errors in one file, and after 100 warnings, the rest is counted only: it is "
        "usually one mistake made many times.",
    ),
)
