# Sourced by the scripts that start from a fresh Debian 12: packages, build, MPI environment.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# install PACKAGE...: those that are missing, with apt (as root or through sudo)
install_packages() {
    local missing=() package
    for package in "$@"; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q '^install ok installed' || missing+=("$package")
    done
    [ ${#missing[@]} -eq 0 ] && return 0
    local sudo=
    if [ "$(id -u)" -ne 0 ]; then
        sudo=sudo
        command -v sudo >/dev/null || { echo "missing packages: ${missing[*]}; install them as root" >&2; return 1; }
    fi
    echo "installing ${missing[*]}" >&2
    $sudo apt-get update -qq
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

install_build_packages() {
    install_packages gcc libc6-dev cmake ninja-build pkg-config git python3 zstd openmpi-bin libopenmpi-dev libhdf5-openmpi-dev \
        libcurl4-openssl-dev libopenblas-serial-dev libcjson-dev libssl-dev libxxhash-dev zlib1g-dev libzstd-dev libexpat1-dev \
        libevtx-dev libcmocka-dev procps libmicrohttpd-dev ca-certificates
}

install_plot_packages() {
    install_packages python3-xarray python3-h5netcdf python3-matplotlib
}

# build PRESET [TARGET...]: all targets if none is named
build() {
    local preset=$1
    shift
    (cd "$root" && cmake --preset "$preset" ${CMAKE_OPTIONS:-} >/dev/null &&
        cmake --build --preset "$preset" ${*:+--target "$@"} -- --quiet -j "$(nproc)")
}

# Open MPI on a laptop or in a container: as root, more ranks than cores, nothing but this machine.
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
export OMPI_MCA_rmaps_base_oversubscribe=1 OMPI_MCA_mpi_yield_when_idle=1
export OMPI_MCA_btl=self,vader,tcp OMPI_MCA_btl_tcp_if_include=lo OMPI_MCA_oob_tcp_if_include=lo
