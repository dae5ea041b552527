# Read by ./run and ./test: sets `python` to a Python that is new enough, or ends with a sentence.

for python in "${PYTHON:-python3}" python3.13 python3.12 python3.11; do
    if "$python" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        break
    fi
    python=
done
if [ -z "$python" ]; then
    echo "Relational Space needs Python 3.11 or later, with venv. Install one, or name it: PYTHON=/path/to/python $0" >&2
    exit 2
fi
