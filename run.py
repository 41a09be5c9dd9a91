"""Set everything up and start the loss-landscape explorer: ``python3 run.py``.

    python3 run.py [words ...]        set up what is missing, then run the program with these words
    python3 run.py test [options ...] set up for tests, then run them all (options go to pytest)
    python3 run.py bench [names ...]  measure this program beside others; --list tells the names
    python3 run.py setup [dev]        set up only; ``dev`` adds the checkers that .ci/run calls

Standard library only. The syntax is that of Python 3.6, so that an old Python gets a sentence
instead of a SyntaxError.
"""

import contextlib
import glob
import json
import os
import sys

TYPE_CHECKING = False  # "import typing" would cost every start some milliseconds
if TYPE_CHECKING:
    from typing import IO, Iterator

ROOT = os.path.dirname(os.path.abspath(__file__))
VENV = os.path.join(ROOT, ".venv")
STAMP = os.path.join(VENV, "set-up.json")
# Lock and log lie beside .venv, because a half-made .venv is thrown away as a whole.
LOCK = os.path.join(ROOT, ".venv.lock")
LOG = os.path.join(ROOT, ".venv.log")

OLDEST, NEWEST = (3, 11), (3, 13)
# To be raised when the set-up itself changes in a way that asks for a new .venv.
SETUP_VERSION = 1

# Words after which no window opens, so that Qt's shared libraries are not looked for.
WORDS_WITHOUT_WINDOW = frozenset(["render", "data", "doctor", "-h", "--help", "--version"])

# What Qt's own files are linked to, and the Debian packages that bring it. The libraries are tried,
# not the packages: their names differ from release to release (libglib2.0-0t64), the files' do not.
QT_LIBRARIES = {
    "libEGL.so.1": ["libegl1"],
    "libGL.so.1": ["libgl1"],
    "libX11.so.6": ["libx11-6"],
    "libdbus-1.so.3": ["libdbus-1-3"],
    "libfontconfig.so.1": ["libfontconfig1"],
    "libfreetype.so.6": ["libfreetype6"],
    "libglib-2.0.so.0": ["libglib2.0-0t64", "libglib2.0-0"],
    "libgthread-2.0.so.0": ["libglib2.0-0t64", "libglib2.0-0"],
    "libxkbcommon.so.0": ["libxkbcommon0"],
}
X11_LIBRARIES = {
    "libX11-xcb.so.1": ["libx11-xcb1"],
    "libxkbcommon-x11.so.0": ["libxkbcommon-x11-0"],
    "libxcb-cursor.so.0": ["libxcb-cursor0"],
    "libxcb-glx.so.0": ["libxcb-glx0"],
    "libxcb-icccm.so.4": ["libxcb-icccm4"],
    "libxcb-image.so.0": ["libxcb-image0"],
    "libxcb-keysyms.so.1": ["libxcb-keysyms1"],
    "libxcb-randr.so.0": ["libxcb-randr0"],
    "libxcb-render.so.0": ["libxcb-render0"],
    "libxcb-render-util.so.0": ["libxcb-render-util0"],
    "libxcb-shape.so.0": ["libxcb-shape0"],
    "libxcb-shm.so.0": ["libxcb-shm0"],
    "libxcb-sync.so.1": ["libxcb-sync1"],
    "libxcb-util.so.1": ["libxcb-util1"],
    "libxcb-xfixes.so.0": ["libxcb-xfixes0"],
    "libxcb-xkb.so.1": ["libxcb-xkb1"],
}
WAYLAND_LIBRARIES = {
    "libwayland-client.so.0": ["libwayland-client0"],
    "libwayland-cursor.so.0": ["libwayland-cursor0"],
}
GL_TEST_LIBRARIES = {
    "libGLX_mesa.so.0": ["libglx-mesa0"],
    "libOpenGL.so.0": ["libopengl0"],
}
MESA_DRIVERS = ["/usr/lib/*/dri/swrast_dri.so", "/usr/lib*/dri/swrast_dri.so", "/usr/lib/*/libgallium*.so"]
FONTS = ["/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts"]

# What a known failure looks like in the log, and what to say about it.
HINTS = [
    ("No space left on device", "The disk is full: free about 1 GB."),
    ("Temporary failure in name resolution", "The network can't be reached: check the connection."),
    ("Failed to establish a new connection", "The network can't be reached: check the connection."),
    ("onnection refused", "The network can't be reached: check the connection."),
    ("onnection broken", "The network can't be reached: check the connection."),
    ("Network is unreachable", "The network can't be reached: check the connection."),
    ("Could not resolve", "The network can't be reached: check the connection."),
    ("Read timed out", "The network answers too slowly: try again later."),
    ("Permission denied", "A file can't be written: check who owns this folder."),
    ("No matching distribution found", "A package isn't offered for this Python on this machine."),
]


class SetupError(Exception):
    """A step of the set-up failed; the message says which one and what to do."""


def say(text: str) -> None:
    """Tell the user; on standard error, so that `run.py data > list.txt` holds the list alone."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


# --- Python ----------------------------------------------------------------------------------------------------------


def python_complaint(version: "tuple[int, ...]") -> str:
    """Return the sentence for a Python that can't run the program, or nothing."""
    if OLDEST <= tuple(version[:2]) <= NEWEST:
        return ""
    return "This program needs Python 3.{} to 3.{}; this is Python {}.{}. {}".format(
        OLDEST[1], NEWEST[1], version[0], version[1], suggestion()
    )


def suggestion() -> str:
    """Say how to start with a fitting Python, if there is one on this machine."""
    import shutil
    import subprocess

    for minor in range(NEWEST[1], OLDEST[1] - 1, -1):
        name = f"python3.{minor}"
        # A name on the PATH may be a mere signpost (pyenv's are): try whether it runs.
        if (
            shutil.which(name)
            and subprocess.call([name, "-c", ""], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0
        ):
            return "Type: {} run.py".format(name)
    return "Install Python 3.{0}, then type: python3.{0} run.py".format(NEWEST[1])


def base_python() -> str:
    """Return the interpreter outside of any virtual environment, also when run from within one."""
    return getattr(sys, "_base_executable", None) or sys.executable


def venv_python() -> str:
    """Return the interpreter of our .venv."""
    return os.path.join(VENV, "Scripts", "python.exe") if os.name == "nt" else os.path.join(VENV, "bin", "python")


# --- the stamp: written last, so what it says is finished -----------------------------------------------------------


def wanted_stamp() -> "dict[str, object]":
    """Return what a finished .venv for this Python, place and pyproject.toml says of itself."""
    import hashlib

    with open(os.path.join(ROOT, "pyproject.toml"), "rb") as file:
        pyproject = hashlib.sha256(file.read()).hexdigest()
    return {
        "setup": SETUP_VERSION,
        "root": ROOT,
        "python": sys.version,
        "base": os.path.realpath(sys.base_prefix),
        "pyproject": pyproject,
    }


def read_stamp() -> "dict[str, object]":
    """Return what the .venv's last finished set-up wrote; nothing if it is half-made or not ours."""
    try:
        with open(STAMP, encoding="utf-8") as file:
            stamp = json.load(file)
    except (OSError, ValueError):  # no stamp or an unreadable one: both mean "make it anew"
        return {}
    return stamp if isinstance(stamp, dict) and os.path.exists(venv_python()) else {}


def write_stamp(stamp: "dict[str, object]") -> None:
    """Write the stamp in one go: it is there as a whole or not at all."""
    with open(STAMP + ".part", "w", encoding="utf-8") as file:
        json.dump(stamp, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    os.replace(STAMP + ".part", STAMP)


def parts(stamp: "dict[str, object]", key: str) -> "set[str]":
    """Return a stamp's list of extras, or of groups of libraries, as a set."""
    listed = stamp.get(key)
    return {str(part) for part in listed} if isinstance(listed, list) else set()


def same_place(stamp: "dict[str, object]", wanted: "dict[str, object]") -> bool:
    """Whether the .venv can be kept: same Python, same folder, same kind of set-up."""
    return all(stamp.get(key) == wanted[key] for key in ("setup", "root", "python", "base"))


def is_ready(extras: "set[str]", groups: "set[str]") -> bool:
    """Whether nothing at all is left to do; reads two small files and starts nothing."""
    stamp, wanted = read_stamp(), wanted_stamp()
    return (
        same_place(stamp, wanted)
        and stamp.get("pyproject") == wanted["pyproject"]
        and extras <= parts(stamp, "extras")
        and groups <= parts(stamp, "libraries")
    )


# --- running tools ---------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def only_one() -> "Iterator[IO[str]]":
    """Hold the lock of the set-up; it falls with the last process that has it, however that ends."""
    with open(LOCK, "a+") as file:
        if sys.platform == "win32":
            import msvcrt

            while True:  # LK_LOCK itself gives up after ten seconds
                try:
                    msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
                    break
                except OSError:
                    say("Another run.py is setting things up; waiting for it.")
            yield file
            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)
        else:
            import fcntl

            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                say("Another run.py is setting things up; waiting for it.")
                fcntl.flock(file, fcntl.LOCK_EX)
            yield file


class Tools:
    """Runs the set-up's commands: what they print goes to the log, the user sees one line a step."""

    def __init__(self, lock_fd: int) -> None:
        self.lock_fd = lock_fd
        with open(LOG, "w", encoding="utf-8"):  # a log of this set-up alone
            pass

    def run(self, command: "list[str]", environment: "dict[str, str] | None" = None) -> bool:
        """Run a command to its end and return whether it succeeded.

        It inherits the lock: when run.py is killed and pip lives on, the next run.py waits for pip.
        """
        import subprocess

        env = dict(os.environ, **(environment or {}))
        with open(LOG, "ab") as log:
            log.write(("\n$ " + " ".join(command) + "\n").encode("utf-8", "replace"))
            log.flush()
            inherited = () if os.name == "nt" else (self.lock_fd,)
            try:
                process = subprocess.Popen(
                    command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=env, pass_fds=inherited, cwd=ROOT
                )
            except OSError as error:
                log.write(f"{error}\n".encode("utf-8", "replace"))
                return False
            return process.wait() == 0

    def failure(self, what: str, advice: str = "") -> SetupError:
        """Return the error for a failed step, with a hint from the log if something known stands there."""
        with open(LOG, encoding="utf-8", errors="replace") as file:
            text = file.read()
        hint = next((hint for sign, hint in HINTS if sign in text), "")
        sentences = [what, advice or hint, "Details are in {}.".format(os.path.basename(LOG))]
        return SetupError(" ".join(sentence for sentence in sentences if sentence))


# --- system packages -------------------------------------------------------------------------------------------------


def has_apt() -> bool:
    """Whether this is Debian, Ubuntu or a relative."""
    import shutil

    return shutil.which("apt-get") is not None and shutil.which("apt-cache") is not None


def administrator() -> "list[str] | None":
    """Return what to put before a command that needs root: nothing, sudo, or None if neither works."""
    import shutil
    import subprocess

    if hasattr(os, "geteuid") and os.geteuid() == 0:
        return []
    null = subprocess.DEVNULL
    if shutil.which("sudo") and subprocess.call(["sudo", "-n", "true"], stdin=null, stdout=null, stderr=null) == 0:
        return ["sudo", "-n"]
    return None


def offered(names: "list[str]") -> "set[str]":
    """Return those of the packages that apt can install."""
    import subprocess

    found = subprocess.run(
        ["apt-cache", "policy"] + names,
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=dict(os.environ, LC_ALL="C"),
        universal_newlines=True,
    ).stdout
    packages, package = set(), ""
    for line in found.splitlines():
        if line and not line.startswith(" "):
            package = line.split(":")[0]
        elif line.strip().startswith("Candidate:") and "(none)" not in line:
            packages.add(package)
    return packages


def chosen(needed: "list[list[str]]") -> "list[str]":
    """Choose one package of each list of names; the last name (the old one) if apt knows none yet."""
    known = offered([name for names in needed for name in names])
    choice = [next((name for name in names if name in known), names[-1]) for names in needed]
    return sorted(set(choice))


def install_packages(tools: Tools, needed: "list[list[str]]", purpose: str) -> None:
    """Install system packages where that is allowed, else say the exact command."""
    root = administrator()
    packages = chosen(needed)
    if root is None:
        raise SetupError(
            "{} some system packages are missing, and installing them takes an administrator. Type:\n"
            "  sudo apt-get update && sudo apt-get install --no-install-recommends {}\n"
            "Then type the same command again.".format(purpose, " ".join(packages))
        )
    say("Installing system packages: {}".format(" ".join(packages)))
    # "env" because sudo drops variables; the time-out waits for another apt that is at work.
    apt = [*root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-o", "DPkg::Lock::Timeout=300"]
    install = [*apt, "install", "-y", "--no-install-recommends"]
    if set(packages) <= offered(packages) and tools.run(install + packages):
        return
    # An earlier installation was killed half-way (harmless if not), or the package lists are missing
    # (a fresh container) or too old: finish the one, fetch the others and choose again.
    tools.run([*root, "env", "DEBIAN_FRONTEND=noninteractive", "dpkg", "--configure", "-a"])
    tools.run([*apt, "update"])
    packages = chosen(needed)
    if not tools.run(install + packages):
        raise tools.failure(
            "System packages couldn't be installed.",
            "Try: apt-get install --no-install-recommends {}".format(" ".join(packages)),
        )


def missing_packages(group: str) -> "dict[str, list[str]]":
    """Return what is missing of a group of libraries, each with the packages that may bring it."""
    import ctypes
    import shutil

    libraries = {
        "offscreen": QT_LIBRARIES,
        "x11": dict(QT_LIBRARIES, **X11_LIBRARIES),
        "wayland": dict(QT_LIBRARIES, **WAYLAND_LIBRARIES),
        "tests": dict(QT_LIBRARIES, **dict(X11_LIBRARIES, **GL_TEST_LIBRARIES)),
    }[group]
    missing = {}
    for library, packages in libraries.items():
        try:
            ctypes.CDLL(library)
        except OSError:
            missing[library] = packages
    fonts = (
        path
        for folder in FONTS
        for path in glob.iglob(os.path.join(os.path.expanduser(folder), "**", "*.[to]tf"), recursive=True)
    )
    if not any(fonts):
        missing["a font"] = ["fonts-dejavu-core"]
    if group == "tests":
        if not shutil.which("Xvfb"):
            missing["Xvfb"] = ["xvfb"]
        if not any(glob.glob(pattern) for pattern in MESA_DRIVERS):
            missing["Mesa's software renderer"] = ["libgl1-mesa-dri"]
    return missing


def install_libraries(tools: Tools, group: str) -> None:
    """See to it that Qt finds its shared libraries."""
    missing = missing_packages(group)
    if not missing:
        return
    if not has_apt():
        raise SetupError(
            "Qt needs shared libraries that this machine lacks: {}. Install them with the system's "
            "package manager, then type the same command again.".format(", ".join(missing))
        )
    install_packages(tools, list(missing.values()), "For the tests" if group == "tests" else "For the window")
    still = missing_packages(group)
    if still:
        raise SetupError("These libraries are still missing after installing: {}.".format(", ".join(still)))


# --- the virtual environment -----------------------------------------------------------------------------------------


def remove_venv() -> None:
    """Throw the .venv away; its stamp goes first, so that a half-removed one is never taken for good."""
    import shutil

    with contextlib.suppress(FileNotFoundError):
        os.remove(STAMP)
    if os.path.islink(VENV):
        os.unlink(VENV)
    elif os.path.exists(VENV):
        shutil.rmtree(VENV)


def has_pip(tools: Tools) -> bool:
    """Whether pip runs in the .venv."""
    return tools.run([venv_python(), "-m", "pip", "--version"])


def make_venv(tools: Tools) -> None:
    """Make .venv with pip in it, also where Debian's Python comes without ensurepip."""
    python = base_python()
    remove_venv()
    say("Making the environment .venv")
    if tools.run([python, "-m", "venv", VENV]) and has_pip(tools):
        return
    remove_venv()
    if tools.run([python, "-m", "venv", "--without-pip", VENV]) and bring_pip(tools):
        return
    package = "python{}.{}-venv".format(*sys.version_info[:2])
    # Another Python than the system's own is not helped by the system's packages.
    if os.path.realpath(python).startswith("/usr/bin/") and has_apt():
        install_packages(tools, [[package]], "For the environment .venv")
        remove_venv()
        if tools.run([python, "-m", "venv", VENV]) and has_pip(tools):
            return
    raise tools.failure(
        "The environment .venv couldn't be made: this Python has neither a working ensurepip nor a pip.",
        "Install {} or pip for it, then type the same command again.".format(package),
    )


def bring_pip(tools: Tools) -> bool:
    """Put pip into a .venv that was made without: from a wheel on this machine, else by another pip."""
    import shutil

    for wheel in sorted(glob.glob("/usr/share/python-wheels/pip-*.whl"), reverse=True):
        # A wheel is a zip file that Python can run from: this needs no network.
        if tools.run([venv_python(), os.path.join(wheel, "pip"), "install", "--no-index", wheel]) and has_pip(tools):
            return True
    site_packages = os.path.join(VENV, "lib", "python{}.{}".format(*sys.version_info[:2]), "site-packages")
    pips = [[sys.executable, "-m", "pip"], [base_python(), "-m", "pip"], ["python3", "-m", "pip"], ["pip3"], ["pip"]]
    for pip in pips:
        if not shutil.which(pip[0]):
            continue
        if tools.run([*pip, "install", "--target", site_packages, "pip"]) and has_pip(tools):
            return True
    return False


def install_program(tools: Tools, extras: "set[str]") -> None:
    """Install the program, editable, with what it needs."""
    say("Installing the program and what it needs (a few minutes the first time)")
    target = "." + ("[{}]".format(",".join(sorted(extras))) if extras else "")
    pip = [venv_python(), "-m", "pip", "--disable-pip-version-check", "--no-input"]
    # PIP_USER: a habit of installing into the home folder can't work in a .venv. --no-compile: compiling
    # what may never be imported takes longer than all the rest together.
    if not tools.run([*pip, "install", "--no-compile", "--editable", target], {"PIP_USER": "0"}):
        raise tools.failure("Installing the program's packages failed.")


def set_up(extras: "set[str]", groups: "set[str]") -> None:
    """Do whatever is missing for these extras of the package and groups of shared libraries."""
    if is_ready(extras, groups):
        return
    with only_one() as lock:
        if is_ready(extras, groups):  # another run.py has just done it
            return
        tools = Tools(lock.fileno())
        stamp, wanted = read_stamp(), wanted_stamp()
        if not same_place(stamp, wanted):
            if os.path.lexists(VENV):
                say("The environment .venv is unfinished or for another Python or folder; it is made anew.")
            make_venv(tools)
            stamp = {}
        all_extras = extras | parts(stamp, "extras")
        if stamp.get("pyproject") != wanted["pyproject"] or not extras <= parts(stamp, "extras"):
            # Without its stamp, a .venv in which pip is killed is made anew next time.
            with contextlib.suppress(FileNotFoundError):
                os.remove(STAMP)
            try:
                install_program(tools, all_extras)
            except SetupError:
                if stamp:  # pip ended by itself and has cleaned up: what was there is still good
                    write_stamp(stamp)
                raise
        installed = parts(stamp, "libraries")
        finished = dict(wanted, extras=sorted(all_extras), libraries=sorted(installed))
        write_stamp(finished)
        for group in sorted(groups - installed):
            install_libraries(tools, group)
            installed.add(group)
            write_stamp(dict(finished, libraries=sorted(installed)))
        say("Ready.")


# --- what the words ask for ------------------------------------------------------------------------------------------


def library_groups(words: "list[str]") -> "set[str]":
    """Return which shared libraries the program will need with these words on this machine."""
    if not sys.platform.startswith("linux") or (words and words[0] in WORDS_WITHOUT_WINDOW):
        return set()
    platform = os.environ.get("QT_QPA_PLATFORM", "")
    if platform:
        return {"x11" if platform.startswith("xcb") else "offscreen"}
    if os.environ.get("DISPLAY"):
        return {"x11"}
    if os.environ.get("WAYLAND_DISPLAY"):
        return {"wayland"}
    return set()  # no display: the program renders pictures instead, without Qt


def run_program(words: "list[str]") -> int:
    """Become the program; its exit status is ours."""
    # -P: a file of the user's, say numpy.py in the current folder, must not be taken for a library.
    command = [venv_python(), "-P", "-m", "landscape_app"] + words
    sys.stdout.flush()
    if os.name == "nt":  # exec on Windows would return to the prompt at once
        import subprocess

        return subprocess.call(command)
    os.execv(command[0], command)
    raise AssertionError("execv does not return")


# --- tests -----------------------------------------------------------------------------------------------------------


def run_pytest(title: str, options: "list[str]", environment: "dict[str, str]") -> int:
    """Run pytest once and return its status; what Qt complains about after the last test fails it too."""
    import subprocess

    sys.stdout.write("\n--- {} ---\n".format(title))
    sys.stdout.flush()
    complaints = 0
    with subprocess.Popen(
        [venv_python(), "-m", "pytest"] + options,
        cwd=ROOT,
        env=dict(os.environ, **environment),
        stderr=subprocess.PIPE,
        universal_newlines=True,
        errors="replace",
    ) as process:
        assert process.stderr is not None
        for line in process.stderr:
            sys.stderr.write(line)
            # For instance "QObject::killTimer: Timers cannot be stopped from another thread".
            complaints += "QObject::" in line or "QThread: Destroyed" in line
    status = process.returncode
    if complaints:
        say("Qt complained {} times in this run (see above); that counts as a failure.".format(complaints))
    return status or int(complaints > 0)


@contextlib.contextmanager
def virtual_display() -> "Iterator[dict[str, str]]":
    """Run Xvfb with OpenGL on a free display number; yields the variables that lead Qt to it."""
    import select
    import subprocess

    read_end, write_end = os.pipe()
    command = ["Xvfb", "-displayfd", str(write_end), "-screen", "0", "1920x1200x24", "+extension", "GLX"]
    command += ["-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=[write_end], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.close(write_end)
    try:
        ready, _, _ = select.select([read_end], [], [], 30)
        number = os.read(read_end, 20).decode().strip() if ready else ""
        if not number:
            raise SetupError("Xvfb, the display for the OpenGL tests, didn't start. Try: Xvfb -displayfd 1")
        yield {"DISPLAY": ":" + number, "QT_QPA_PLATFORM": "xcb", "LIBGL_ALWAYS_SOFTWARE": "1"}
    finally:
        os.close(read_end)
        server.terminate()
        server.wait()


#: Two processes share the tests that need no OpenGL: that halves their time. An option "-n 0" given later undoes it.
SHARED_BY_TWO = ["-n", "2"]


def run_tests(options: "list[str]") -> int:
    """Run the tests without OpenGL, then those with; return 0 only if both are well."""
    linux = sys.platform.startswith("linux")
    statuses = [
        run_pytest(
            "tests without OpenGL",
            [*SHARED_BY_TWO, *options, "-m", "not gl"],
            {"QT_QPA_PLATFORM": "offscreen"} if linux else {},
        )
    ]
    if linux:
        with virtual_display() as display:
            statuses.append(run_pytest("tests with OpenGL", [*options, "-m", "gl"], display))
    else:
        statuses.append(run_pytest("tests with OpenGL", [*options, "-m", "gl"], {}))
    nothing_collected = 5
    if options and statuses.count(nothing_collected) == 1:
        statuses.remove(nothing_collected)  # the options chose tests of the other run only
    return next((status for status in statuses if status), 0)


def run_bench(words: "list[str]") -> int:
    """Run the benchmarks; on Linux on a screen of their own, of one size everywhere."""
    import subprocess

    command = [venv_python(), "-m", "bench", *words]
    if not sys.platform.startswith("linux") or "--list" in words:
        return subprocess.call(command, cwd=ROOT)
    with virtual_display() as display:
        return subprocess.call(command, cwd=ROOT, env={**os.environ, **display})


def main(words: "list[str]") -> int:
    """Do what the words say and return the exit status."""
    complaint = python_complaint(tuple(sys.version_info[:3]))
    if complaint:
        say(complaint)
        return 1
    command, rest = (words[0], words[1:]) if words else ("", [])
    try:
        if command == "setup":
            unknown = [word for word in rest if word != "dev"]
            if unknown:
                raise SetupError("After setup only the word dev is known, not {}.".format(unknown[0]))
            set_up({"dev", "test"} if rest else set(), library_groups([]))
            return 0
        if command == "test":
            set_up({"test"}, {"tests"} if sys.platform.startswith("linux") else set())
            return run_tests(rest)
        if command == "bench":
            set_up(set(), {"tests"} if sys.platform.startswith("linux") else set())
            return run_bench(rest)
        set_up(set(), library_groups(words))
        return run_program(words)
    except SetupError as error:
        say(str(error))
        return 1
    except PermissionError as error:
        say("{} can't be written here: check who owns this folder.".format(os.path.basename(str(error.filename))))
        return 1
    except OSError as error:
        say("Setting up failed: {} ({}).".format(error.strerror, os.path.basename(str(error.filename or ""))))
        return 1
    except KeyboardInterrupt:
        say("Stopped. The same command goes on from here.")
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
