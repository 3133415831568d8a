"""Makes stand-ins for the CUDA libraries that PyTorch's wheel links to, so that `import torch` works on a machine
without a GPU and without the nvidia-* packages (several GB). Every function returns 100 (cudaErrorNoDevice), those that
describe an error a text.
usage: make_cuda_stubs.py TORCH_LIB_FOLDER     (writes into that folder; needs gcc and pyelftools)
"""
import collections
import glob
import os
import subprocess
import sys
import tempfile

from elftools.elf.elffile import ELFFile

PREFIXES = ("libcu", "libnv", "libnccl")
LOOSE = ("nccl", "cu", "nv", "__cuda")
TEXTS = ("ErrorString", "ErrorName", "StatusString", "GetLastErrorString", "StatusName")

folder = sys.argv[1]
missing = set()
# Of each missing library its versions, and by library and version the names that are looked for.
versions = collections.defaultdict(set)
symbols = collections.defaultdict(set)
# Names looked for without a version, and those that the wheel's own libraries define.
unversioned, defined = set(), set()


def read(path):
    with open(path, "rb") as f:
        elf = ELFFile(f)
        dynamic = elf.get_section_by_name(".dynamic")
        if not dynamic:
            return
        needed = [tag.needed for tag in dynamic.iter_tags("DT_NEEDED")]
        absent = [n for n in needed if n.startswith(PREFIXES) and not os.path.exists(os.path.join(folder, n))]
        missing.update(absent)
        wanted = {}
        requirements = elf.get_section_by_name(".gnu.version_r")
        for library, all_of in requirements.iter_versions() if requirements else ():
            for version in all_of:
                wanted[version["vna_other"] & 0x7FFF] = (library.name, version.name)
                if library.name.startswith(PREFIXES):
                    versions[library.name].add(version.name)
        indices = elf.get_section_by_name(".gnu.version")
        for i, symbol in enumerate(elf.get_section_by_name(".dynsym").iter_symbols()):
            if symbol["st_shndx"] != "SHN_UNDEF":
                defined.add(symbol.name)
                continue
            if not symbol.name:
                continue
            index = indices.get_symbol(i)["ndx"] if indices else 1
            index = index & 0x7FFF if isinstance(index, int) else 1
            if index in wanted:
                if wanted[index][0].startswith(PREFIXES):
                    symbols[wanted[index]].add(symbol.name)
            elif absent and symbol["st_info"]["bind"] == "STB_GLOBAL":
                unversioned.add(symbol.name)


def stub(library, work):
    groups = {version: symbols.get((library, version), set()) for version in versions.get(library, ())}
    loose = {s for s in unversioned - defined if s.startswith(LOOSE)}
    if library.startswith("libnccl"):
        groups[""] = {s for s in loose if not s.startswith("nvshmem")}
    elif library.startswith("libnvshmem"):
        groups[""] = {s for s in loose if s.startswith("nvshmem")}
    source = ['static const char text[] = "CUDA stand-in: this machine has no GPU";']
    script = []
    for version, names in groups.items():
        for name in sorted(names):
            is_text = any(t in name for t in TEXTS)
            source.append(f"const char *{name}(void) {{ return text; }}" if is_text else f"long {name}(void) {{ return 100; }}")
        if version:
            script.append(f"{version} {{ global: {' '.join(n + ';' for n in sorted(names))} }};")
    c, m = os.path.join(work, "stub.c"), os.path.join(work, "stub.map")
    command = ["gcc", "-O1", "-w", "-shared", "-fPIC", "-fno-builtin", "-o", os.path.join(folder, library), c, f"-Wl,-soname,{library}"]
    with open(c, "w") as f:
        f.write("\n".join(source) + "\n")
    if script:
        with open(m, "w") as f:
            f.write("\n".join(script) + "\n")
        command.append(f"-Wl,--version-script={m}")
    subprocess.run(command, check=True)
    return len(source) - 1


for path in sorted(glob.glob(os.path.join(folder, "*.so*"))):
    if not os.path.islink(path):
        read(path)
for library in sorted(missing):
    with tempfile.TemporaryDirectory() as work:
        print(f"{library}: {stub(library, work)} functions")
