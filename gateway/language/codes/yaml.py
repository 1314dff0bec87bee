"""The file itself: characters, syntax, and the parts of YAML that hooks do without."""

from __future__ import annotations

from gateway.language.codes.code import Code

YAML = (
    Code(
        "file-too-large",
        "error",
        "The file is larger than 1 MiB",
        "A hook file may have at most 1 MiB, as much as a ConfigMap can contain. Put the hooks "
        "into several files.",
    ),
    Code(
        "not-utf8",
        "error",
        "The file is not UTF-8",
        "The gateway reads files as UTF-8, with or without a byte order mark. It does not guess "
        "other encodings.",
    ),
    Code(
        "forbidden-character",
        "error",
        "A character that YAML does not allow",
        "A YAML file must not contain control characters other than tab and line breaks, nor the "
        "Unicode line separators (U+0085, U+2028, U+2029), which parsers read differently. "
        "Inside double quotes, write such a character as an escape.",
    ),
    Code(
        "empty-file",
        "error",
        "The file contains no hook",
        "A file that is empty or contains only comments is probably an interrupted save and not "
        "a removal of its hooks. To remove hooks, delete the file. To keep a hook that is out of "
        "use, write `enabled: false`. The gateway does not read files whose names start with `.` "
        "or `_`.",
    ),
    Code(
        "syntax",
        "error",
        "The file is not YAML",
        "The gateway reads the documents before this place, but not the rest of the file. The "
        "usual causes are indentation, a tab, a missing quote, and text that contains `: ` or ` "
        "#` without quotes.",
    ),
    Code(
        "merge-conflict",
        "error",
        "An unfinished merge",
        "The file contains the conflict markers of git. Keep one side, remove the three lines "
        "with markers, and validate again. The gateway uses no hook of the file.",
    ),
    Code(
        "not-a-hook",
        "error",
        "A document of another tool",
        "The gateway reads every `*.yaml` and `*.yml` below the hooks directory as hooks. This "
        "document is a Kubernetes manifest, a kustomization, a GitHub workflow, an unrendered "
        "template or similar. Move it elsewhere, or give it a name that starts with `_` or `.`. "
        "Kubernetes mounts a ConfigMap of hooks as a directory in which each entry of `data` is "
        "a file.",
    ),
    Code(
        "too-many-documents",
        "error",
        "The file has more than 1,000 documents",
        "The gateway reads only the first 1,000 documents of a file. Put the hooks into several "
        "files.",
    ),
    Code(
        "slow-file",
        "error",
        "The file takes too long to read",
        "The gateway reads a file of more than 128 KiB in a separate process, and other files "
        "wait at most two seconds for it. Until the file has been read, its hooks do not change, "
        "and this finding is a warning. After 30 seconds, the gateway gives up. It reads the file "
        "again when the file changes, on SIGHUP and on `POST /-/reload`. Put the hooks into "
        "several files.",
    ),
    Code(
        "too-deep",
        "error",
        "Values are nested deeper than 64",
        "No hook needs this depth, and such files are often attacks on the parser.",
    ),
    Code(
        "alias",
        "error",
        "An anchor or an alias",
        "Anchors and aliases (`&name`, `*name`) make reviews hard: a change in one hook changes "
        "another. Write the value itself.",
    ),
    Code(
        "merge-key",
        "error",
        "A merge key",
        "`<<` is a feature of YAML 1.1 that merges keys from another place. Write the keys "
        "themselves.",
    ),
    Code(
        "tag",
        "error",
        "A tag",
        "`!!str`, `!!int` and other tags are not part of the language. The type of a value "
        "follows from how it is written. For text, write quotes.",
    ),
    Code(
        "directive",
        "error",
        "A directive",
        "The gateway reads files as YAML 1.2. `%YAML 1.1` would give `no` and `012` other "
        "meanings, and `%TAG` has no use without tags.",
    ),
    Code(
        "duplicate-key",
        "error",
        "A key appears twice",
        "Most parsers silently use the last one, but a reviewer may read the first. Remove one.",
    ),
    Code(
        "key-not-text",
        "error",
        "A key that is not text",
        "Keys are names. A number, `true`, `null`, a list or a mapping cannot be a key. If the "
        'name is a number, write it in quotes: `"200": …`.',
    ),
    Code(
        "number-range",
        "error",
        "A number that JSON cannot represent",
        "Integers range from -2^63 to 2^64-1, other numbers to about 1.8e308. JSON has no "
        "infinity and no NaN. Larger numbers would lose digits on the way to the workflow. Write "
        "an identifier with many digits in quotes.",
    ),
    Code(
        "not-a-file",
        "error",
        "Not a regular file",
        "A FIFO, a socket or a device has the name of a hook file. The gateway does not open it. "
        "Remove it, or give it a name that starts with `.` or `_`.",
    ),
    Code(
        "unreadable",
        "error",
        "A file or a directory cannot be read",
        "The gateway has no permission, the link is broken or circular, or an error occurs while "
        "reading. The gateway reads the other files, and hooks that were in service stay in "
        "service.",
    ),
    Code(
        "internal",
        "error",
        "A fault of the gateway",
        "The gateway failed on this file or this hook. The hook is out of service, or its last "
        "good version stays in service. Every other hook is unaffected. The log has the "
        "traceback; please report it.",
    ),
    Code(
        "too-many",
        "warning",
        "More findings are omitted",
        "After 100 errors or 100 warnings in one file, validation only counts the rest, which is "
        "usually one mistake made many times.",
    ),
)
